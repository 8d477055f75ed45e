"""The command `bin/migrate`: runs migrations, or another command, in a one-off task of the service."""

import argparse
import shlex
from collections.abc import Sequence

from delivery.cli.options import add_wait_option
from delivery.releases.model.target import command_parser

DESCRIPTION = """\
Runs the service's migrations in a one-off task of the image that is deployed, with the service's network, roles and
secrets, or another command in their place.
Exit codes: 0 it ended with 0; 1 it failed; 2 there is nothing to run, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/migrate` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import migrate  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        migrate.migrate(target, options.command, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("migrate", DESCRIPTION)
    add_wait_option(parser)
    parser.add_argument(
        "--command",
        type=_words,
        default=(),
        metavar="TEXT",
        help="what to run, as in a shell (default: the migrations)",
    )
    return parser


def _words(text: str) -> list[str]:
    """Split a command into its words; no shell runs it."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} can't be split into words: {error}") from None
    if not words:
        raise argparse.ArgumentTypeError("found no word; allowed is a command with its words")
    return words
