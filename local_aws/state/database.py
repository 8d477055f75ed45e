"""The one file that holds what must survive: rows of JSON in SQLite, written ahead.

A write is whole or not there, and survives SIGKILL once ``write`` returns; it survives a loss of power once ``sync``
has returned as well. https://www.sqlite.org/wal.html
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from local_aws.state.files import DATABASE_FILE

COMMITS_FILE = "state.commits"
"""Below the state folder: the number of the database's last write, which shows a lost write-ahead log."""

APPLICATION, FORMAT = 0x4C415753, 1
"""What the file says it is (https://www.sqlite.org/pragma.html#pragma_application_id), and in which form."""

_TABLES = """
CREATE TABLE IF NOT EXISTS rows (
    number INTEGER PRIMARY KEY, area TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (area, store, key));
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_PUT = (
    "INSERT INTO rows (area, store, key, value) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (area, store, key) DO UPDATE SET value = excluded.value"
)
_DELETE = "DELETE FROM rows WHERE area = ? AND store = ? AND key = ?"
_COUNT = "INSERT INTO facts VALUES ('commits', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

_LOGGER = logging.getLogger("local_aws")


class NotKeptError(Exception):
    """Something could not be written; the text is a sentence for whoever asked for it."""


def not_written(error: Exception, folder: Path) -> NotKeptError:
    """Return the sentence for a failure to write below ``folder``."""
    return NotKeptError(
        f"The local AWS could not write to its disk ({error}), so this may not last: make room for {folder}, "
        "and try again."
    )


class Row(NamedTuple):
    """A row to write; ``value`` is JSON, or None for a row that goes."""

    area: str
    store: str
    key: str
    value: str | None


class Source(Protocol):
    """Gives the row of a key as it is when it is written."""

    def row(self, key: str) -> Row:
        """Return the row; any thread may ask."""


Mark = tuple[Source, str]
"""Something that changed, by where its row comes from and its key."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Within this, all that is written is written, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite rolls some failures back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class Database:
    """The file in ``folder``, which is made where there is none; any thread may call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / DATABASE_FILE
        self._lock = threading.RLock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = connected(self.path)
        self._connection.executescript(_TABLES)
        self._connection.execute(f"PRAGMA application_id={APPLICATION}")
        self._connection.execute(f"PRAGMA user_version={FORMAT}")
        self._commits = commits_of(self._connection)
        self._counter: int | None = os.open(folder / COMMITS_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._count()
        self.may_write_at_once = True
        self._pending: dict[Mark, None] = {}
        self._pending_lock = threading.Lock()

    def remember(self, **facts: str) -> None:
        """Keep facts about the whole."""
        with self._lock:
            self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def follow(self, port: int) -> None:
        """Have every address of this machine's registry be at ``port`` from now on, and remember it."""
        before = self._connection.execute("SELECT value FROM facts WHERE name = 'port'").fetchone()
        if before is not None and before[0] != str(port):
            # An address ends with its port, or with a path after it.
            old, new = f"localhost:{before[0]}", f"localhost:{port}"
            words = (f"{old}/", f"{new}/", f'{old}"', f'{new}"', f"%{old}%")
            with self._lock, transaction(self._connection):
                self._connection.execute(
                    "UPDATE rows SET value = replace(replace(value, ?, ?), ?, ?) WHERE value LIKE ?", words
                )
        self.remember(port=str(port))

    def rows(self, area: str, store: str | None = None) -> list[tuple[str, str, str]]:
        """Give (store, key, value) of an area, or of one store in it, in the order in which they were made."""
        words, values = ("", (area,)) if store is None else (" AND store = ?", (area, store))
        with self._lock:
            # The words are one of the two above.
            asked = f"SELECT store, key, value FROM rows WHERE area = ?{words} ORDER BY number"  # noqa: S608
            return self._connection.execute(asked, values).fetchall()

    def write(self, rows: Collection[Row], marks: Collection[Mark] = ()) -> None:
        """Write rows, and those of what was marked as they are by now: all or nothing, or ``NotKeptError``."""
        with self._lock:
            try:
                with transaction(self._connection):
                    self._apply([*rows, *(source.row(key) for source, key in marks)])
            except sqlite3.Error as error:
                raise not_written(error, self.folder) from error
            self._commits += 1
            self._count()

    def keep(self, *marks: Mark, at_once: bool) -> None:
        """Write what was marked ``at_once``, or with whatever is written next; it never fails, but is tried again."""
        if at_once and self.may_write_at_once:
            try:
                return self.write((), marks)
            except NotKeptError:
                _LOGGER.exception("What changed in the background is not on disk yet; it will be tried again")
        with self._pending_lock:
            self._pending.update(dict.fromkeys(marks))
        return None

    def take_pending(self) -> list[Mark]:
        """Return what waits to be written, which then waits no more: write it, or mark it anew."""
        with self._pending_lock:
            taken = list(self._pending)
            self._pending.clear()
            return taken

    def sync(self) -> None:
        """Have what was written survive a loss of power."""
        with suppress(OSError):
            descriptor = os.open(self.path.with_name(f"{DATABASE_FILE}-wal"), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
            if self._counter is not None:
                os.close(self._counter)
                self._counter = None

    def _apply(self, rows: Collection[Row]) -> None:
        self._connection.executemany(_PUT, [row for row in rows if row.value is not None])
        self._connection.executemany(_DELETE, [row[:3] for row in rows if row.value is None])
        self._connection.execute(_COUNT, (str(self._commits + 1),))

    def _count(self) -> None:
        # It is written in place, so that a full disk has room for it. Lagging behind, it only hides what it could show.
        if self._counter is not None:
            with suppress(OSError):
                os.pwrite(self._counter, b"%020d\n" % self._commits, 0)


def connected(path: Path) -> sqlite3.Connection:
    """Open the file at ``path``, for its owner alone; it may fail with ``sqlite3.Error``."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def facts_in(folder: Path) -> dict[str, str]:
    """Return the facts that the database in a folder remembers; none where there is no database."""
    if not (folder / DATABASE_FILE).exists():
        return {}
    with closing(connected(folder / DATABASE_FILE)) as connection:
        return dict(connection.execute("SELECT name, value FROM facts"))


def commits_of(connection: sqlite3.Connection) -> int:
    """Return the number of the last write that a database holds."""
    found = connection.execute("SELECT value FROM facts WHERE name = 'commits'").fetchone()
    return int(found[0]) if found else 0
