"""The commands of the delivery; each is imported when it is asked for, so that the others cost nothing."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

_ROOM = Path(__file__).parents[1]
COMMANDS = {
    path.parent.name: f"{_ROOM.name}.{path.parent.name}.command" for path in sorted(_ROOM.glob("*/command.py"))
} | {
    path.stem: f"{_ROOM.name}.releases.commands.{path.stem}"
    for path in sorted(_ROOM.glob("releases/commands/[!_]*.py"))
}
"""The module of each command, which has a function ``main``: `NAME/command.py`, or `releases/commands/NAME.py`."""


def main(words: Sequence[str]) -> ExitCode | None:
    """Run the command that ``words`` begin with."""
    if not words or words[0] not in COMMANDS:
        given = repr(words[0]) if words else "nothing"
        raise CannotRunError(f"delivery: found {given} as the command; allowed: {', '.join(COMMANDS)}.")
    body = import_module(COMMANDS[words[0]]).main
    result: ExitCode | None = body(words[1:])
    return result
