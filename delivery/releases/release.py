"""The command `bin/release`: starts a release or follows one, and shows it to its end."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from delivery.releases.target import add_target_options, find

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = """\
Starts an execution of a service's pipeline, or follows one that runs, and shows it live: stages, actions and what
their builds write; then what is deployed and how it answers. Ctrl-C stops watching, not the release.
Exit codes: 0 released; 1 the release failed or was stopped; 2 refused or not able to begin."""

NEWEST = "newest"


def main(words: Sequence[str]) -> None:
    """Run `bin/release` with the words of its command line."""
    options = _parser().parse_args(words)
    target = find(options)

    from delivery.releases import running  # noqa: PLC0415 - what follows imports boto3, and --help can do without
    from delivery.releases.telling import teller  # noqa: PLC0415 - as above

    follow = None if options.follow is None else options.follow.removeprefix(NEWEST)
    wanted = running.Wanted(options.commit, options.working_tree, follow, wait=not options.no_wait)
    running.release(target, wanted, teller(as_json=options.json))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/release", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_target_options(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--commit", metavar="ID", help="release this commit in place of the branch's newest")
    which.add_argument(
        "--working-tree",
        action="store_true",
        help="release what lies in the repository's folder, committed or not (the AWS on this machine alone)",
    )
    which.add_argument(
        "--follow",
        nargs="?",
        const=NEWEST,
        metavar="ID",
        help="start nothing: follow this execution, or without an ID the newest that runs",
    )
    parser.add_argument("--no-wait", action="store_true", help="start it and end: do not follow it")
    parser.add_argument("--json", action="store_true", help="write one JSON object a line instead of text")
    return parser
