"""Running SQL files that define and fill the database: all of a file or none of it."""

from typing import Final, LiteralString

import psycopg

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database.statements import statement
from cruddur.database_commands.server import NotDoneError, connect

# Any number will do that nothing else in the database locks.
LOCK: Final = 4567


def seed(url: ConnectionUrl, wait_seconds: float) -> str:
    """Runs `sql/seed.sql`; raises NotDoneError with the line that it stopped at."""
    with connect(url, wait_seconds) as connection:
        run(connection, url, "seed.sql", statement("seed"))
    return f"{url}: seed.sql was run."


def run(
    connection: psycopg.Connection,
    url: ConnectionUrl,
    name: str,
    text: LiteralString,
    record: tuple[LiteralString, tuple[object, ...]] | None = None,
) -> None:
    """Runs the text of a file, and the statement that records it, in one transaction; raises NotDoneError."""
    try:
        with connection.transaction():
            # Two at once would both find a row missing, and one of them would fail to add it.
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            connection.execute(text)
            if record is not None:
                connection.execute(*record)
    except psycopg.Error as error:
        message = f"{url} is as it was before {name}, which stopped{_place(error, text)}: {reason(error)}"
        raise NotDoneError(message) from None


def _place(error: psycopg.Error, text: str) -> str:
    position = error.diag.statement_position
    if position is None:
        return ""
    # PostgreSQL counts characters from 1.
    return f" at line {text.count(chr(10), 0, int(position) - 1) + 1}"


def reason(error: psycopg.Error) -> str:
    """What the server said, in one line."""
    hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
    return f"{error.diag.message_primary or type(error).__name__}{hint}"
