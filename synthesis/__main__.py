"""`make templates` and `make templates-check`."""

import argparse
import functools
import gc
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from reporting import command
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from reporting.findings import Finding
from reporting.terminal import Progress
from settings.root import BUILD, PROJECT_ROOT, SETTINGS_FILE
from synthesis.build_stamp import BuildStamp
from synthesis.regions import refuse_unknown, regions_of_environments


def main(words: Sequence[str]) -> ExitCode:
    """Make the templates, look at them, and put them in their places; or only compare them with `build/`."""
    chosen = _arguments().parse_args(words)
    if not chosen.settings.is_file():
        raise CannotRunError(f"{chosen.settings}: there is no such file; name a settings file with --settings.")
    if chosen.check:
        return _compare(chosen.settings, chosen.output)
    regions = regions_of_environments()
    stamp = BuildStamp(chosen.output, chosen.settings, regions)
    return _report([], chosen.output, as_json=chosen.json) if stamp.is_current else _make(chosen, regions, stamp)


def _make(chosen: argparse.Namespace, regions: Sequence[str], stamp: BuildStamp) -> ExitCode:
    # Imported here: these load the linters and Troposphere, which an unchanged project does not need.
    from linting.engines.linter import Linter  # noqa: PLC0415

    gc.disable()  # nearly all that is made here is used until the end, and looking through it takes a fifth of the time
    progress = Progress()
    try:
        with Linter() as linter:
            # cfn-lint takes longest to load, and has begun: what comes from here on loads beside it.
            from contracts import check as contracts  # noqa: PLC0415
            from linting import gate  # noqa: PLC0415
            from system_model.repository import Repository  # noqa: PLC0415

            refuse_unknown(regions)
            progress.show("making the templates ...")
            made = _documents(chosen.settings)
            from synthesis.build_folder import beside, put_in_place, templates_of  # noqa: PLC0415

            with beside(chosen.output, made) as folder:
                progress.show(f"linting {len(made) - 1} templates ...")
                repository = Repository(PROJECT_ROOT, stamp.conclusions)
                promised = functools.partial(contracts.check, made, repository)
                findings = gate.check(linter, folder, templates_of(made), regions, progress.show, promised)
                if not findings:
                    put_in_place(folder, chosen.output, made)
                    stamp.remember(made, repository)
    finally:
        progress.clear()
    placed = [replace(one, file=f"{chosen.output.name}/{one.file}") if one.file in made else one for one in findings]
    return _report(placed, chosen.output, as_json=chosen.json)


def _compare(settings: Path, output: Path) -> ExitCode:
    made = _documents(settings)
    from synthesis.build_folder import differences  # noqa: PLC0415 - it loads Troposphere

    found = differences(output, made)
    for sentence in found:
        print(sentence)
    if found:
        print("Run `make templates`, look at what changed, and commit build/ with the source.")
    return ExitCode.FINDINGS if found else ExitCode.CLEAN


def _documents(settings: Path) -> Mapping[str, bytes]:
    from settings.project import load  # noqa: PLC0415 - an unchanged project needs none of it
    from settings.toml_file import shown  # noqa: PLC0415
    from synthesis.lazy_yaml import load_yaml_writer_when_used  # noqa: PLC0415
    from templates_src.names import RepeatedLogicalIdError  # noqa: PLC0415

    load_yaml_writer_when_used()
    from synthesis.build_folder import documents  # noqa: PLC0415

    project = load(settings)
    missing = [
        one for one in (service.delivered.folder for service in project.services) if not (PROJECT_ROOT / one).is_dir()
    ]
    if missing:
        raise CannotRunError(
            f"{shown(settings)}: folder: found {', '.join(map(repr, missing))}, which the repository does not have; "
            "allowed is the folder that holds the service, below the repository's. Make it, or correct the setting."
        )
    try:
        return documents(project)
    except RepeatedLogicalIdError as error:
        raise CannotRunError(f"{shown(settings)}: {error}") from None
    except (ValueError, TypeError) as error:
        sentence = (
            f"templates_src: a template can't be made: {error}. Fix the module that makes it; build/ is unchanged."
        )
        raise CannotRunError(sentence) from error


def _report(findings: Sequence[Finding], output: Path, *, as_json: bool) -> ExitCode:
    if as_json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        if findings:
            said = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}: {output.name}/ is left as it was."
            print(said, file=sys.stderr)
    return ExitCode.FINDINGS if findings else ExitCode.CLEAN


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/templates",
        description="Make the CloudFormation templates from the settings, lint them, and write them to build/. "
        "Says nothing when all is in order; with findings, build/ is left as it was and the exit code is 1.",
    )
    parser.add_argument("--check", action="store_true", help="only check whether build/ is what the source makes")
    parser.add_argument(
        "--settings", type=Path, default=SETTINGS_FILE, metavar="FILE", help="default: config/system.toml"
    )
    parser.add_argument("--output", type=Path, default=BUILD, metavar="FOLDER", help="default: build/")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    return parser


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT_ROOT))
    command.leave(command.run(main))
