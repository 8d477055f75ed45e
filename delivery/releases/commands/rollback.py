"""The command `bin/rollback`: deploys again what an earlier execution deployed."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_wait_options, command_parser

DESCRIPTION = """\
Deploys again what an earlier execution deployed, with that execution's artifacts: the last good one before the
present, or the one that --to names. Shows both, asks, and follows it.
Exit codes: 0 rolled back; 1 it failed; 2 nothing to roll back to, not agreed to, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/rollback` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.cli.prompts import has_terminal  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.operations import rollback  # noqa: PLC0415 - as above
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        askable = has_terminal() and not options.json
        wanted = rollback.RollbackOptions(options.to, options.yes, askable=askable, wait=not options.no_wait)
        rollback.roll_back(target, wanted, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("rollback", DESCRIPTION)
    parser.add_argument("--to", metavar="EXECUTION", help="the execution to roll back to (default: the last good one)")
    parser.add_argument("--yes", action="store_true", help="agree to it without being asked")
    add_wait_options(parser)
    return parser
