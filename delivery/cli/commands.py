"""The commands of the delivery; each is imported when it is asked for, so that the others cost nothing."""

from collections.abc import Sequence
from importlib import import_module

from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

COMMANDS = {
    "deploy": "delivery.deploy.command",
    "destroy": "delivery.destroy.command",
    "secret": "delivery.secrets.command",
    "doctor": "delivery.doctor.command",
    "release": "delivery.releases.commands.release",
    "status": "delivery.releases.commands.status",
    "logs": "delivery.releases.commands.logs",
    "approve": "delivery.releases.commands.approve",
    "migrate": "delivery.releases.commands.migrate",
    "override": "delivery.releases.commands.override",
    "retry": "delivery.releases.commands.retry",
    "rollback": "delivery.releases.commands.rollback",
    "stop": "delivery.releases.commands.stop",
    "verify": "delivery.releases.commands.verify",
}
"""The module of each command, which has a function ``main``."""


def main(words: Sequence[str]) -> ExitCode | None:
    """Run the command that ``words`` begin with."""
    if not words or words[0] not in COMMANDS:
        given = repr(words[0]) if words else "nothing"
        raise CannotRunError(f"delivery: found {given} as the command; allowed: {', '.join(COMMANDS)}.")
    body = import_module(COMMANDS[words[0]]).main
    result: ExitCode | None = body(words[1:])
    return result
