"""The command `bin/stop`: stops an execution that runs, or the roll-out that goes on."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_execution_option, command_parser

DESCRIPTION = """\
Stops an execution of a service's pipeline: running actions finish first, or are abandoned with --abandon.
What is deployed stays as it is. With --roll-back, ECS ends the roll-out in progress and rolls back to what ran before;
the release that waits for it fails. Exit codes: 0 it stops; 2 nothing runs, or not able to begin."""

DEFAULT_REASON = "Stopped with bin/stop"


def main(words: Sequence[str]) -> None:
    """Run `bin/stop` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import stop  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        wanted = stop.StopOptions(options.execution, options.abandon, options.reason)
        if options.roll_back:
            stop.roll_back(target, teller)
        else:
            stop.stop(target, wanted, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("stop", DESCRIPTION)
    add_execution_option(parser, "the one that runs")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--abandon", action="store_true", help="do not wait for the actions that run")
    how.add_argument("--roll-back", action="store_true", help="end the roll-out of the service, and nothing else")
    parser.add_argument(
        "--reason", default=DEFAULT_REASON, metavar="TEXT", help=f"why, for whoever looks (default: {DEFAULT_REASON})"
    )
    return parser
