"""The command `bin/logs`: shows what the builds of an execution wrote, or the tasks of the service."""

import argparse
import math
from collections.abc import Sequence

from delivery.cli.options import minutes
from delivery.releases.model.target import add_execution_option, command_parser

DESCRIPTION = """\
Shows what the builds of an execution wrote, or with --task what the tasks of the service write.
Exit codes: 0 shown; 2 there is nothing of that kind, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/logs` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import logs  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options, logs=True) as (target, teller):
        if options.task:
            logs.of_tasks(target, teller, follow=options.follow)
        else:
            logs.of_builds(target, options.execution, options.action, teller, follow=options.follow)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("logs", DESCRIPTION)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--action", metavar="NAME", help="the builds of this action alone")
    what.add_argument(
        "--task", action="store_true", help="what the service's tasks write; of stopped ones if none runs"
    )
    add_execution_option(parser, "the newest")
    parser.add_argument("--follow", action="store_true", help="keep showing new lines until Ctrl-C")
    parser.add_argument(
        "--wait-minutes",
        type=minutes,
        default=math.inf,
        metavar="N",
        help="with --follow: end after so many minutes (default: never)",
    )
    return parser
