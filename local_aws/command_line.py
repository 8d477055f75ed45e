"""Reads the words of ``bin/local-aws`` and hands them to the command that they name."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from local_aws.process.server_record import DEFAULT_ACCOUNT, DEFAULT_PORT, DEFAULT_REGION, DEFAULT_STATE, StateFolder
from reporting.command import problem_as_json
from reporting.exit_codes import ExitCode

_HIGHEST_PORT = 65535

_MODULES = {
    "start": "local_aws.process.start",
    "stop": "local_aws.process.stop",
    "status": "local_aws.process.status",
    "reset": "local_aws.process.reset",
    "administrator": "local_aws.process.administrator",
    "handshake": "local_aws.process.handshake",
    "stand-in": "local_aws.process.placeholder_secret",
    "database": "local_aws.process.rehearsal_database",
}
"""The module of each command, whose ``run(folder, arguments)`` gives an exit code; only that one is imported."""


def main(words: Sequence[str]) -> ExitCode:
    """Run one command; give its exit code."""
    arguments = _parser().parse_args(words)
    folder = StateFolder(Path(arguments.state).absolute())
    module: ModuleType = import_module(_MODULES[arguments.command])
    with problem_as_json(wanted=getattr(arguments, "json", False)):
        code: ExitCode = module.run(folder, arguments)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/local-aws", description="An AWS on this machine, without an account and without cost."
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state", default=str(DEFAULT_STATE), metavar="DIR", help="where everything is kept (default: .local-aws)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    start = commands.add_parser("start", parents=[common], help="start it, if it does not run already")
    start.add_argument("--port", type=_port, help=f"the port on 127.0.0.1 (default: {DEFAULT_PORT})")
    start.add_argument("--account", type=_account, help=f"the account's id, 12 digits (default: {DEFAULT_ACCOUNT})")
    start.add_argument("--region", help=f"the region (default: {DEFAULT_REGION})")
    start.add_argument("--foreground", action="store_true", help="stay in the foreground, and write the log there")
    commands.add_parser("stop", parents=[common], help="stop it; what it holds is kept")
    status = commands.add_parser("status", parents=[common], help="say whether it runs, and what it holds")
    status.add_argument("--json", action="store_true", help="for machines")
    handshake = commands.add_parser(
        "handshake", parents=[common], help="finish the handshake of a connection, as the console does on AWS"
    )
    handshake.add_argument("name", nargs="?", help="the connection's name or ARN (default: all that are pending)")
    handshake.add_argument(
        "--repository",
        metavar="DIR",
        help="the local git repository that stands for the provider's (default: this one, or what was said before)",
    )
    handshake.add_argument("--json", action="store_true", help="for machines")
    stand_in = commands.add_parser(
        "stand-in", parents=[common], help="put a value to rehearse with into a secret that has none yet"
    )
    stand_in.add_argument("name", help="the secret's full name")
    stand_in.add_argument("value", help="its value: no true secret, as others on this machine can see it")
    database = commands.add_parser(
        "database", parents=[common], help="run a PostgreSQL to rehearse with, and put its address into a secret"
    )
    database.add_argument("name", help="the secret's full name; one that leads to another database stays as it is")
    administrator = commands.add_parser(
        "administrator", parents=[common], help="make a user who may do everything, for trials with outside clients"
    )
    administrator.add_argument("--write", action="store_true", help="put its key into the credentials file")
    administrator.add_argument("--json", action="store_true", help="for machines")
    reset = commands.add_parser("reset", parents=[common], help="stop it and forget all that it holds")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to {_HIGHEST_PORT} is expected")
    return int(text)


def _account(text: str) -> str:
    if not (text.isdigit() and len(text) == len(DEFAULT_ACCOUNT)):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id: 12 digits are expected")
    return text
