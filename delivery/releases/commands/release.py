"""The command `bin/release`: starts a release or follows one, and shows it to its end."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_wait_options, command_parser

DESCRIPTION = """\
Starts an execution of a service's pipeline, or follows one that runs, and shows it live: stages, actions and what
their builds write; then what is deployed and how it answers. Ctrl-C stops watching, not the release.
Exit codes: 0 released; 1 the release failed or was stopped; 2 refused or not able to begin."""

NEWEST = "newest"


def main(words: Sequence[str]) -> None:
    """Run `bin/release` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import release  # noqa: PLC0415 - imports boto3, which --help can do without
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    follow = None if options.follow is None else options.follow.removeprefix(NEWEST)
    wanted = release.ReleaseOptions(options.commit, options.working_tree, follow, wait=not options.no_wait)
    with reached(options) as (target, teller):
        release.release(target, wanted, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("release", DESCRIPTION)
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
    add_wait_options(parser)
    return parser
