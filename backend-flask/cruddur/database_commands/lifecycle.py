"""Making and removing the database itself."""

from typing import Final

import psycopg
from psycopg import sql

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database_commands.server import NotDoneError, connect

# Every PostgreSQL has it; one has to be connected to some database to make or remove another.
_MAINTENANCE_DATABASE: Final = "postgres"
_NOT_TO_DROP: Final = frozenset({"postgres", "template0", "template1"})
_TWICE: Final = 2


def create(url: ConnectionUrl, wait_seconds: float) -> str:
    """Makes the database unless it is there; says which of both; raises NotDoneError."""
    with connect(url, wait_seconds, _MAINTENANCE_DATABASE) as connection:
        if _exists(connection, url.database):
            return f"{url} is there already."
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(_name(url))
            )
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            # Another process was quicker, between the question and the order.
            return f"{url} is there already."
        except psycopg.Error as error:
            message = f"{url} was not made: {_reason(error)}"
            raise NotDoneError(message) from None
    return f"{url} was made."


def drop(url: ConnectionUrl, wait_seconds: float, times_told: int) -> str:
    """Removes the database and everything in it; raises NotDoneError.

    Refuses a host that is not this machine unless told twice, and the server's own databases always.
    """
    if url.database in _NOT_TO_DROP:
        message = f"{url} belongs to the server itself and is never removed; name one of your own."
        raise NotDoneError(message)
    if not url.is_local and times_told < _TWICE:
        message = f"{url} is not on this machine, so nothing was removed; to remove it, say --force twice."
        raise NotDoneError(message)
    with connect(url, wait_seconds, _MAINTENANCE_DATABASE) as connection:
        if not _exists(connection, url.database):
            return f"{url} is not there; nothing to remove."
        try:
            # FORCE ends the connections of a service that still runs; without it they would keep the database
            # alive.
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_name(url)))
        except psycopg.Error as error:
            message = f"{url} was not removed: {_reason(error)}"
            raise NotDoneError(message) from None
    return f"{url} was removed."


def _exists(connection: psycopg.Connection, database: str) -> bool:
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,))
    return found.fetchone() is not None


def _name(url: ConnectionUrl) -> sql.Identifier:
    return sql.Identifier(url.database)


def _reason(error: psycopg.Error) -> str:
    return error.diag.message_primary or type(error).__name__
