"""The command `bin/status`: shows what runs, what was released, and what is deployed."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_execution_option, command_parser

DESCRIPTION = """\
Shows the newest execution of a service's pipeline stage by stage, the ones before it, and what is deployed.
Exit codes: 0 shown; 2 there is no such pipeline, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/status` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import status  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        status.show(target, options.execution, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("status", DESCRIPTION)
    add_execution_option(parser, "the newest")
    return parser
