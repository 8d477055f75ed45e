"""The command `bin/override`: goes on with a release that a gate holds or has ended."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_execution_option, add_wait_options, command_parser

DESCRIPTION = """\
Overrides the gate (a deployment window, the watch of alarms) that holds a release or has ended it, and follows the
release.
Exit codes: 0 released; 1 it failed; 2 no gate is in the way, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/override` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import override  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        override.override(target, options.execution, teller, wait=not options.no_wait)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("override", DESCRIPTION)
    add_execution_option(parser, "whichever a gate holds or has ended")
    add_wait_options(parser)
    return parser
