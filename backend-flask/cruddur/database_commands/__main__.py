"""The command line: one word says what to do, CONNECTION_URL says where; exit code 0 is done, 2 is not."""

import argparse
import os
import sys
from typing import Final

from cruddur.database.connection_url import ConnectionUrl, ConnectionUrlError, told_in
from cruddur.database_commands import definition, lifecycle, migrations
from cruddur.database_commands.server import NotDoneError

NOT_DONE: Final = 2
MIGRATE: Final = ("migrate", "schema-load")
DEFAULT_WAIT_SECONDS: Final = 15.0
LONGEST_WAIT_SECONDS: Final = 3600.0


def main(arguments: list[str] | None = None) -> int:
    """Does what the arguments (by default the process's own) say, in one line too; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        print(_done(options, _connection_url()))  # noqa: T201 - a command speaks to people
    except NotDoneError as error:
        print(f"{options.command}: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to people
        return NOT_DONE
    return 0


def _done(options: argparse.Namespace, url: ConnectionUrl) -> str:
    if options.command == "create":
        return lifecycle.create(url, options.wait)
    if options.command in MIGRATE:
        return migrations.migrate(url, options.wait)
    if options.command == "seed":
        return definition.seed(url, options.wait)
    return lifecycle.drop(url, options.wait, times_told=options.force)


def _connection_url() -> ConnectionUrl:
    text = told_in(os.environ)
    if not text:
        message = (
            "CONNECTION_URL is missing: set this environment variable to the database's address, "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        )
        raise NotDoneError(message)
    try:
        return ConnectionUrl.parse(text)
    except ConnectionUrlError as error:
        message = f"CONNECTION_URL cannot be used: {error}"
        raise NotDoneError(message) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/db", description="Works on the database that CONNECTION_URL names."
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--wait",
        type=_seconds,
        default=DEFAULT_WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for a server that does not answer yet (default: %(default)g)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("create", parents=[common], help="make the database unless it is there")
    name, *aliases = MIGRATE
    commands.add_parser(
        name, aliases=aliases, parents=[common], help="make the tables and indexes that are not there yet"
    )
    commands.add_parser("seed", parents=[common], help="add a few people and messages to look at, once")
    drop = commands.add_parser("drop", parents=[common], help="remove the database with everything in it")
    drop.add_argument(
        "--force",
        action="count",
        default=0,
        help="say it twice (--force --force) to remove a database on another machine than this one",
    )
    for script, command in commands.choices.items():
        command.prog = f"bin/db/{script}"
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
        message = f"allowed are 0 to {LONGEST_WAIT_SECONDS:g} seconds"
        raise argparse.ArgumentTypeError(message)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
