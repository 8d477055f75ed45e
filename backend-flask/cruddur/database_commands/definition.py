"""Running the SQL files that define and fill the database: all of a file or none of it."""

from typing import Final

import psycopg

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database.statements import statement
from cruddur.database_commands.server import NotDoneError, connect

# Any number will do that nothing else in the database locks.
_LOCK: Final = 4567


def run_file(url: ConnectionUrl, name: str, wait_seconds: float) -> str:
    """Runs `sql/NAME.sql` in one transaction; raises NotDoneError with the line that it stopped at."""
    text = statement(name)
    with connect(url, wait_seconds) as connection:
        try:
            with connection.transaction():
                # Two at once would both find a table missing, and one of them would fail to make it.
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                connection.execute(text)
        except psycopg.Error as error:
            message = f"{url} is unchanged, {name}.sql stopped{_place(error, text)}: {_reason(error)}"
            raise NotDoneError(message) from None
    return f"{url}: {name}.sql was run."


def _place(error: psycopg.Error, text: str) -> str:
    position = error.diag.statement_position
    if position is None:
        return ""
    # PostgreSQL counts characters from 1.
    return f" at line {text.count(chr(10), 0, int(position) - 1) + 1}"


def _reason(error: psycopg.Error) -> str:
    hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
    return f"{error.diag.message_primary or type(error).__name__}{hint}"
