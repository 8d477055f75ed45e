"""Bringing the schema up to date: the numbered files of `migrations/`, run once, in order, never taken back.

A table of the database records which files it has, with their checksums.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, LiteralString

import psycopg

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database_commands.definition import LOCK, reason, run
from cruddur.database_commands.server import NotDoneError, connect

_FOLDER: Final = files("cruddur").joinpath("migrations")
# How long to wait for whoever migrates already, and then for each table: requests queue behind an ALTER TABLE
# that waits.
_LOCK_SECONDS: Final = 60
_TABLE_LOCK_SECONDS: Final = 5
_NAME: Final = re.compile(r"(?P<number>[0-9]{4})_[a-z0-9_]+\.sql")
_RECORDS: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  number integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)"""
_RECORD: Final = "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)"


@dataclass(frozen=True)
class Migration:
    """One file."""

    number: int
    name: str
    text: LiteralString

    @property
    def checksum(self) -> str:
        """Tells a file that was changed from the one that was run."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations(folder: Traversable = _FOLDER) -> Sequence[Migration]:
    """The files in order; raises NotDoneError where their names do not number them from 1 without a gap."""
    found = []
    for number, file in enumerate(sorted(folder.iterdir(), key=lambda file: file.name), 1):
        told = _NAME.fullmatch(file.name)
        if told is None or int(told["number"]) != number:
            message = (
                f"migrations/{file.name} is not the name of migration {number}; allowed is "
                f"{number:04}_WORDS.sql, with small letters, digits and _, and no number twice or left out."
            )
            raise NotDoneError(message)
        found.append(Migration(number, file.name, file.read_text(encoding="utf-8")))
    return found


def migrate(url: ConnectionUrl, wait_seconds: float, folder: Traversable = _FOLDER) -> str:
    """Runs the files that the database does not have; says which; raises NotDoneError.

    Of a file that failed nothing stays; those before it are done.
    """
    known = migrations(folder)
    with connect(url, wait_seconds) as connection:
        applied = _begin(connection, url)
        _compare(known, applied, url)
        pending = [one for one in known if one.number not in applied]
        for one in pending:
            run(connection, url, one.name, one.text, (_RECORD, (one.number, one.name, one.checksum)))
    later = len(applied.keys() - {one.number for one in known})
    of_later = f"; {later} more of a later release stay, nothing is taken back" if later else ""
    if not pending:
        return f"{url} is up to date{of_later}."
    return f"{url}: {', '.join(one.name for one in pending)} was run{of_later}."


def _begin(connection: psycopg.Connection, url: ConnectionUrl) -> dict[int, tuple[str, str]]:
    """Waits for its turn, which lasts as long as the connection; gives what was run, by number."""
    try:
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{_LOCK_SECONDS}s",))
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{_TABLE_LOCK_SECONDS}s",))
        connection.execute(_RECORDS)
        rows = connection.execute("SELECT number, name, checksum FROM schema_migrations").fetchall()
    except psycopg.errors.LockNotAvailable:
        message = (
            f"{url} is being migrated by somebody else, for {_LOCK_SECONDS} s already; run this again later."
        )
        raise NotDoneError(message) from None
    except psycopg.Error as error:
        message = f"{url} was not migrated: {reason(error)}"
        raise NotDoneError(message) from None
    return {number: (name, checksum) for number, name, checksum in rows}


def _compare(known: Sequence[Migration], applied: dict[int, tuple[str, str]], url: ConnectionUrl) -> None:
    """Refuses what would leave nobody knowing which schema the database has."""
    for one in known:
        name, checksum = applied.get(one.number, (one.name, one.checksum))
        if checksum != one.checksum:
            was = "" if name == one.name else f" as {name}"
            message = (
                f"{url}: migrations/{one.name} is not what was run there{was}; undo the change, and write "
                "what you want in a new file with the next number."
            )
            raise NotDoneError(message)
        if one.number not in applied and one.number < max(applied, default=0):
            message = (
                f"{url} has later migrations than {one.name}, and not this one; give it the next number."
            )
            raise NotDoneError(message)
