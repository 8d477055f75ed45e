"""The command `bin/retry`: runs the failed stage of an execution once more."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_execution_option, add_wait_options, command_parser

DESCRIPTION = """\
Runs the failed actions of an execution's stage once more, with the same source, and follows it.
Exit codes: 0 released; 1 it failed again; 2 nothing to retry, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/retry` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import retry  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        wanted = retry.RetryOptions(options.execution, options.all, wait=not options.no_wait)
        retry.retry(target, wanted, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("retry", DESCRIPTION)
    add_execution_option(parser, "the newest")
    parser.add_argument("--all", action="store_true", help="all actions of the stage, those that succeeded too")
    add_wait_options(parser)
    return parser
