"""The command `bin/destroy`: deletes the stacks, in the reverse order of their deployment."""

import argparse
import shlex
from collections.abc import Sequence

from delivery.cli.options import add_build_option, add_environment_option, add_wait_option, find_environment
from delivery.cli.prompts import has_terminal
from reporting.command import argument_parser

DESCRIPTION = """\
Deletes the stacks of build/ from an environment, the last deployed one first. Shows what would be deleted and what is
retained, and asks for each stack's name typed out. What is retained stays in the account and is listed at the end.
Exit codes: 0 done or nothing to do; 1 a deletion failed; 2 refused or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/destroy` with the words of its command line."""
    options = _parser().parse_args(words)
    environment = find_environment(options.environment)

    from delivery.destroy.destruction import DestroyOptions, destroy  # noqa: PLC0415 - imports boto3, which --help can do without
    from delivery.output.reporter import JsonReporter, TextReporter  # noqa: PLC0415 - as above

    wishes = DestroyOptions(
        stacks=tuple(options.stack),
        confirmed=tuple(options.confirm),
        askable=has_terminal() and not options.json,
        wait_minutes=options.wait_minutes,
        command=shlex.join(["bin/destroy", *words]),
    )
    destroy(environment, options.build, wishes, JsonReporter() if options.json else TextReporter())


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/destroy", DESCRIPTION)
    add_environment_option(parser)
    add = parser.add_argument
    add("--stack", action="append", default=[], metavar="NAME", help="delete this stack alone (may be repeated)")
    add("--confirm", action="append", default=[], metavar="NAME", help="agree to deleting the stack of this very name")
    add_wait_option(parser)
    add("--json", action="store_true", help="write one JSON object a line instead of text")
    add_build_option(parser)
    return parser
