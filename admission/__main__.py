"""``python3 -m admission``: what the bake attests, and what is admitted to be deployed."""

import sys
from collections.abc import Sequence

from admission import admit, attest
from reporting import command
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

COMMANDS = {"attest": attest.main, "admit": admit.main}


def main(words: Sequence[str]) -> ExitCode | None:
    """Run the command that ``words`` begin with."""
    if not words or words[0] not in COMMANDS:
        given = repr(words[0]) if words else "nothing"
        raise CannotRunError(f"admission: found {given} as the command; allowed: {', '.join(COMMANDS)}.")
    return COMMANDS[words[0]](words[1:])


if __name__ == "__main__":
    sys.exit(command.run(main))
