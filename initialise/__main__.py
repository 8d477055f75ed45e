"""Starts the command: ``python -m initialise``."""

import sys
from collections.abc import Sequence

from reporting import command
from reporting.exit_codes import ExitCode


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/init` with the words of its command line."""
    from initialise import command as init  # noqa: PLC0415 - a package that is not installed is told in a sentence

    return init.main(words)


sys.exit(command.run(main))
