"""`make lint` and `bin/lint`: the rules on this project, or on anyone's templates and buildspecs."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from linting.discovery import DiscoveredFile, files_of
from linting.file_kinds import Kind
from reporting import command
from reporting.exit_codes import ExitCode
from reporting.findings import Finding, Severity
from reporting.terminal import Progress
from settings.root import PROJECT_ROOT

FORMATS = {"pretty": "pretty", "json": "json_format", "sarif": "sarif", "junit": "junit"}
DEFAULT_REGION = "us-east-1"
"""The region for which anyone's templates are judged: CloudFormation's own default."""


def main(words: Sequence[str]) -> ExitCode:
    """Look at what is named, or at the project, and tell what was found."""
    chosen = _arguments().parse_args(words)
    if chosen.paths:
        files, findings = _anyones(chosen)
    else:
        files, findings = _own()
    writer = importlib.import_module(f"linting.formats.{FORMATS[chosen.format]}")
    sys.stdout.write(writer.render(findings, files))
    return ExitCode.FINDINGS if findings else ExitCode.CLEAN


def _anyones(chosen: argparse.Namespace) -> tuple[list[str], list[Finding]]:
    looked = files_of(chosen.paths)
    found = _findings(looked, chosen.region or [DEFAULT_REGION])
    heeded = [one for one in found if chosen.informational or one.severity is not Severity.INFORMATIONAL]
    return [one.name for one in looked], heeded


def _own() -> tuple[list[str], list[Finding]]:
    from linting.project_files import project_contracts, project_files, project_regions  # noqa: PLC0415 - anyone's files need none

    looked = project_files()
    others, broken = project_contracts()
    return [*(one.name for one in looked), *others], sorted({*_findings(looked, project_regions()), *broken})


def _findings(looked: Sequence[DiscoveredFile], regions: Sequence[str]) -> list[Finding]:
    from linting import gate  # noqa: PLC0415 - `--help` needs neither the linters
    from linting.engines.linter import Linter  # noqa: PLC0415 - nor the time they take

    progress = Progress()
    templates = {one.name: one.content for one in looked if one.kind is Kind.TEMPLATE}
    buildspecs = [one for one in looked if one.kind is Kind.BUILDSPEC]
    found: list[Finding] = []
    try:
        if templates:
            with Linter() as linter:
                progress.show(f"linting {len(templates)} templates ...")
                found += gate.check(linter, Path(), templates, regions, progress.show)
    finally:
        progress.clear()
    return found + (_of_buildspecs(buildspecs) if buildspecs else [])


def _of_buildspecs(files: Sequence[DiscoveredFile]) -> list[Finding]:
    from linting.limits import beyond, given_up  # noqa: PLC0415 - templates need none of it
    from linting.workers import GaveUp, Workers, answers  # noqa: PLC0415 - the same

    found = {one.name: [fault] for one in files if (fault := beyond(one.name, one.kind, one.content))}
    with Workers(_of_buildspec) as workers:
        workers.give(one for one in files if one.name not in found)
        for _, file, answer in answers(workers):
            gave_up = isinstance(answer, GaveUp)
            found[file.name] = [given_up(file.name, "The linter", answer.reason)] if gave_up else answer
    return [one for file in files for one in found[file.name]]


def _of_buildspec(file: DiscoveredFile) -> list[Finding]:
    from buildspecs.lint import findings  # noqa: PLC0415 - the same

    return findings(file.content, file.name)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/lint",
        description="Find what AWS would refuse at deploy time or at run time: in CloudFormation templates (JSON or "
        "YAML) and in CodeBuild buildspecs. Without a path, in this project, with the contracts between its files.",
        epilog="Exit code 0: nothing found; 1: findings; 2: a path can't be looked at. docs/rules.md explains each id, "
        "and the limits of size, time and memory.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a template, a buildspec, or a folder of them")
    parser.add_argument("--format", choices=FORMATS, default="pretty", help="default: pretty")
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help=f"judge templates for it; may be repeated ({DEFAULT_REGION})",
    )
    parser.add_argument("--informational", action="store_true", help="tell advice too, not only errors and warnings")
    return parser


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT_ROOT))
    sys.exit(command.run(main))
