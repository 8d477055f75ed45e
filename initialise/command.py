"""`make init`: asks what a service's release has to know, shows what it would write, and writes it."""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict

from initialise.config_files import SETTINGS, config_files
from initialise.packages import LEAVE, LOCKED
from initialise.questions import QUESTIONS, Known, answered
from initialise.service_files import service_files
from initialise.waivers import waivers
from initialise.writing import FileChange, changes, write
from reporting.command import argument_parser, problem_as_json
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from settings import formats, project
from settings.root import PROJECT_ROOT

DESCRIPTION = """\
Writes the settings of a system with your service, and what the service lacks to be released: Dockerfile, buildspecs, a
first test. With --service, a service is added to the system that config/system.toml has. What is not given is asked
for; without a terminal, what is likely is taken. Files of the service that are there are left alone, and files of
config/ are changed after a question or with --yes.
Exit codes: 0 written, or nothing to write; 1 not agreed to; 2 refused: nothing is written."""


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/init` with the words of its command line."""
    chosen = _parser().parse_args(words)
    with problem_as_json(wanted=chosen.json):
        return _initialise(chosen)


def _initialise(chosen: argparse.Namespace) -> ExitCode:
    asks = not chosen.json and not chosen.yes and sys.stdin.isatty() and sys.stdout.isatty()
    known = answered(_known(chosen.service), vars(chosen), _ask if asks else None)
    today = dt.datetime.now(dt.UTC).date()
    settings = {} if known.settled else config_files(known)
    files = {**settings, **waivers(known, known.found, today)}
    system = known.answers.get("application", known.present.application)
    changed = changes(PROJECT_ROOT, {**files, **service_files(known, system)})
    if not chosen.json:
        _show(known, changed, whole=chosen.dry_run)
    if not chosen.dry_run and changed:
        if not chosen.yes and not _agreed(changed, _ask if asks else None):
            print("Nothing was written.")
            return ExitCode.FINDINGS
        write(PROJECT_ROOT, changed)
    steps = _next_steps(known)
    if chosen.json:
        told = [asdict(one) | {"kind": one.kind} for one in changed]
        print(json.dumps({"written": not chosen.dry_run, "files": told, "next": steps}, indent=2, ensure_ascii=False))
    elif not chosen.dry_run:
        print("\nNext:", *(f"  {number}. {step}" for number, step in enumerate(steps, 1)), sep="\n")
    return ExitCode.CLEAN


def _known(service: str | None) -> Known:
    present = project.load(PROJECT_ROOT / SETTINGS)
    if service is None:
        return Known(PROJECT_ROOT, "", present)
    if not formats.SERVICE.fits(service):
        raise CannotRunError(f"--service: found the text {service[:60]!r}; allowed: {formats.SERVICE.allowed}.")
    if service in [one.name for one in present.services]:
        raise CannotRunError(f"--service: found {service!r}, which {SETTINGS} has already; change it there.")
    return Known(PROJECT_ROOT, service, present)


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        print()
        raise CannotRunError(f"{question.partition(' [')[0].strip(': ')}: found the end of the input.") from None


def _show(known: Known, changed: Sequence[FileChange], *, whole: bool) -> None:
    print(f"{known.answers['folder']}: {known.found.kind}")
    for one in changed:
        print(f"  {one.kind:8} {one.path}")
        if whole:
            print(*(f"    {line.rstrip()}" for line in one.difference()), sep="\n")
    if not changed:
        print("  nothing to write: all of it is there")


def _agreed(changed: Sequence[FileChange], ask: Callable[[str], str] | None) -> bool:
    present = [one.path for one in changed if one.present is not None]
    if ask is None:
        if present:
            named = ", ".join(present)
            raise CannotRunError(
                f"bin/init: found {named}, which would be changed; allowed with --yes; --dry-run shows the changes."
            )
        return True
    return ask("Write them? [y/N] ").strip().lower() in ("y", "yes")


def _next_steps(known: Known) -> list[str]:
    several = f" SERVICE={known.name}" if known.service else ""
    folder = known.answers["folder"]
    unlocked = f"{folder}/{LOCKED} has no hashes: the security checks end a release until `uv pip compile` writes them."
    return [
        f"Look at {SETTINGS}, which explains every key, and at {folder}/.",
        *([unlocked] if known.answers.get("packages") == LEAVE else []),
        "make deploy: makes the templates in build/, and the stacks on this machine.",
        "git add --all && git commit: a release takes a commit, and build/ belongs to it.",
        f"make release{several}: tests the service, bakes its image, deploys it, and ends with its address.",
        "To AWS: put account, region and values into config/environments/prod.toml; docs/your-own-service.md goes on.",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/init", DESCRIPTION)
    parser.add_argument("--service", metavar="NAME", help="add a service of this name to the system that is there")
    for question in QUESTIONS:
        parser.add_argument(f"--{question.key}", metavar="TEXT", help=question.text)
    parser.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")
    parser.add_argument("--yes", action="store_true", help="ask nothing, and change files that are there")
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser
