"""`make lint`, `bin/lint` and `pipeline-lint`: the rules on this project, or on anyone's files."""

import argparse
import contextlib
import datetime as dt
import importlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from linting import waivers
from linting.check_files import findings_of
from linting.command_line import DEFAULT_REGION, FORMATS, parser
from linting.discovery import DiscoveredFile, Discovery, discover
from reporting import command
from reporting.exit_codes import ExitCode
from reporting.findings import Finding, Severity
from reporting.terminal import Progress

STANDARD_INPUT = "-"


def main(words: Sequence[str]) -> ExitCode:
    """Look at what is named, or at the project, and report what was found."""
    chosen = parser().parse_args(words)
    if chosen.explain:
        from linting.rule_index import explained  # noqa: PLC0415 - a whole linter, for one sentence

        sys.stdout.write(explained(chosen.explain))
        return ExitCode.CLEAN
    if not chosen.paths and chosen.changed is None:
        return _report(*_project(), chosen, ExitCode.CLEAN)
    return _anyones(chosen)


def _anyones(chosen: argparse.Namespace) -> ExitCode:
    with contextlib.ExitStack() as kept:
        found, names = _discovered(chosen, kept)
        for sentence in (*found.problems, *found.notes):
            print(sentence, file=sys.stderr)
        files = list(found.files.values())
        findings = _judged(files, chosen)
        if chosen.fix:
            findings = _after_fixes(findings, files, chosen)
        findings = [replace(one, file=names.get(one.file, one.file)) for one in findings]
    looked_at = [names.get(one.name, one.name) for one in files]
    return _report(looked_at, findings, chosen, ExitCode.COULD_NOT_RUN if found.problems else ExitCode.CLEAN)


def _discovered(chosen: argparse.Namespace, kept: contextlib.ExitStack) -> tuple[Discovery, dict[str, str]]:
    """Return what there is to look at, and the names to report for files that are kept elsewhere."""
    if chosen.changed is not None:
        from linting.discovery import changed_since  # noqa: PLC0415 - seldom asked for

        return discover(changed_since(chosen.changed, chosen.paths), known_only=True), {}
    found = discover([path for path in chosen.paths if path != STANDARD_INPUT], known_only=chosen.known_only)
    if STANDARD_INPUT not in chosen.paths:
        return found, {}
    from linting.discovery import as_file  # noqa: PLC0415 - the same

    path = kept.enter_context(as_file(chosen.stdin_name))
    found.add(path, named=not chosen.known_only)
    names = {str(path): chosen.stdin_name}
    found.problems = [one.replace(str(path), chosen.stdin_name) for one in found.problems]
    return found, names


def _judged(files: Sequence[DiscoveredFile], chosen: argparse.Namespace) -> list[Finding]:
    progress = Progress()
    try:
        found = findings_of(files, chosen.region or [DEFAULT_REGION], progress.show)
    finally:
        progress.clear()
    found = _without_waived(found, files)
    return [one for one in found if chosen.informational or one.severity is not Severity.INFORMATIONAL]


def _without_waived(findings: Sequence[Finding], files: Sequence[DiscoveredFile]) -> list[Finding]:
    today = dt.datetime.now(tz=dt.UTC).date()
    by_file: dict[str, list[Finding]] = {}
    for one in findings:
        by_file.setdefault(one.file, []).append(one)
    return [one for file in files for one in waivers.apply(by_file.get(file.name, []), file.name, file.content, today)]


def _after_fixes(
    findings: Sequence[Finding], files: Sequence[DiscoveredFile], chosen: argparse.Namespace
) -> list[Finding]:
    from linting.fix import fix  # noqa: PLC0415 - seldom asked for

    count = fix(findings)
    if not count:
        return list(findings)
    print(f"{count} finding{'s' if count > 1 else ''} fixed.", file=sys.stderr)
    return _judged(files, chosen)


def _project() -> tuple[list[str], list[Finding]]:
    from linting.project_files import project_findings  # noqa: PLC0415 - anyone's files need none

    return project_findings(findings_of)


def _report(files: Sequence[str], findings: list[Finding], chosen: argparse.Namespace, otherwise: ExitCode) -> ExitCode:
    if chosen.write_baseline:
        from linting import baseline  # noqa: PLC0415 - seldom asked for

        Path(chosen.write_baseline).write_text(baseline.written(findings), "utf-8")
        print(f"{chosen.write_baseline}: {len(findings)} findings written.", file=sys.stderr)
        return otherwise
    if chosen.baseline:
        from linting import baseline  # noqa: PLC0415 - the same

        findings, gone = baseline.new(findings, baseline.read(chosen.baseline))
        if gone:
            print(f"{chosen.baseline}: {gone} of its findings no longer occur; write it again.", file=sys.stderr)
    writer = importlib.import_module(f"linting.formats.{FORMATS[chosen.format]}")
    if files or findings or chosen.format != "pretty":
        sys.stdout.write(writer.render(findings, files))
    if otherwise is ExitCode.CLEAN and findings:
        return ExitCode.FINDINGS
    return otherwise


def run() -> None:
    """Run the command as `pipeline-lint`."""
    sys.exit(command.run(main))


if __name__ == "__main__":
    run()
