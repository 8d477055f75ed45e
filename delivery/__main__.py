"""Starts one of the delivery's commands: ``python -m delivery COMMAND ...``."""

import sys
from collections.abc import Sequence
from importlib import import_module

from reporting import command
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

COMMANDS = ("deploy", "destroy", "secret")
"""Each is a module of this package with a function ``main``; it is imported when it is asked for."""


def main(words: Sequence[str]) -> ExitCode | None:
    """Run the command that ``words`` begin with."""
    if not words or words[0] not in COMMANDS:
        given = repr(words[0]) if words else "nothing"
        raise CannotRunError(f"delivery: found {given} as the command; allowed: {', '.join(COMMANDS)}.")
    body = import_module(f"delivery.{words[0]}").main
    result: ExitCode | None = body(words[1:])
    return result


sys.exit(command.run(main))
