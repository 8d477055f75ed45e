"""Log events in one SQLite file: appended as they come, found by stream and time, removed in the background.

A write is on disk, beyond the reach of a kill, when ``append`` returns. Nothing is read when the file is opened, so
starting costs the same with no events as with millions.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from local_aws.services.logs.removal import Remover
from local_aws.state.database import transaction
from local_aws.state.files import put_aside


class _BrokenError(Exception):
    """The file can't be used; the text says why."""


def examine_events(folder: Path) -> Iterator[str]:
    """Look at the file of events in ``folder``; give a sentence where it had to be put aside.

    It takes the same time however large the file is; what is broken deep within is told by whoever reads there.
    """
    path = folder / FILE
    if not path.exists():
        return
    try:
        _look_at(path)
    except (_BrokenError, sqlite3.Error, OSError) as error:
        aside = put_aside(path)
        for suffix in ("-wal", "-shm"):
            beside = path.with_name(FILE + suffix)
            if beside.exists():
                put_aside(beside)
        yield f"{path} was broken ({error}), and was put aside as {aside.name}: a new one is begun, without log events."


def _look_at(path: Path) -> None:
    if not path.is_file():
        raise _BrokenError("it is not a file")
    with closing(sqlite3.connect(path)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (form,) = connection.execute("PRAGMA user_version").fetchone()
        if (application, form) != (APPLICATION, FORMAT):
            raise _BrokenError("it holds no log events in a form that this version reads")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for table in ("streams", "removals"):
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - one of the two
        connection.execute("SELECT * FROM events ORDER BY stream DESC LIMIT 1").fetchall()
        (pages,), (size,) = (connection.execute(f"PRAGMA {of}").fetchone() for of in ("page_count", "page_size"))
    if path.stat().st_size < pages * size:
        raise _BrokenError("its end is missing")


FILE = "logs.sqlite"
"""Below the state folder."""

APPLICATION, FORMAT = 0x4C414C47, 1
"""What the file says it is (https://www.sqlite.org/pragma.html#pragma_application_id), and in which form."""

TABLES = """
CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, log_group TEXT NOT NULL, name TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, ingested INTEGER NOT NULL,
    sequence INTEGER NOT NULL, bytes INTEGER NOT NULL,
    UNIQUE (account, region, log_group, name));
CREATE TABLE IF NOT EXISTS events (
    stream INTEGER NOT NULL, timestamp INTEGER NOT NULL, sequence INTEGER NOT NULL,
    ingested INTEGER NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (stream, timestamp, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removals (stream INTEGER PRIMARY KEY, before INTEGER NOT NULL);
"""
SECONDS_FOR_A_LOCK = 30.0
LATEST = 10**18 - 1
"""No time comes after this one."""


class Group(NamedTuple):
    """A log group by account, region and name."""

    account: str
    region: str
    name: str


class Event(NamedTuple):
    """An event. Times are milliseconds since 1970; ``sequence`` grows by one with each event of the whole file."""

    timestamp: int
    sequence: int
    ingested: int
    message: str
    stream: int


@dataclass(frozen=True)
class Stream:
    """What the file knows of a stream with events: the times of the first and last of them, and their bytes."""

    id: int
    name: str
    first: int
    last: int
    ingested: int
    bytes: int


class EventFile:
    """The file at ``path``. Its methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = self._opened()
        # What the first pragma asks for can't be had later, and without it the file never gets smaller.
        for pragma in ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(TABLES)
        self._connection.execute(f"PRAGMA application_id={APPLICATION}")
        self._connection.execute(f"PRAGMA user_version={FORMAT}")
        (self._sequence,) = self._connection.execute("SELECT coalesce(max(sequence), 0) FROM streams").fetchone()
        self._remover = Remover(self._connection, self._lock)
        self._remover.work()

    def append(self, group: Group, stream: str, events: Sequence[tuple[int, str]], ingested: int) -> None:
        """Keep (timestamp, message) events of a stream, which is made if need be; all of them or none."""
        if not events:
            return
        # A lone surrogate can't be written as UTF-8, and a log is no place to fail.
        rows = [(time, message.encode("utf-8", "replace")) for time, message in events]
        first, last = min(time for time, _ in rows), max(time for time, _ in rows)
        size = sum(len(message) for _, message in rows)
        with self._writing():
            number = self._sequence + len(events)
            ((identity,),) = self._connection.execute(
                "INSERT INTO streams (account, region, log_group, name, first, last, ingested, sequence, bytes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, region, log_group, name) DO UPDATE SET"
                " first = min(first, excluded.first), last = max(last, excluded.last), ingested = excluded.ingested,"
                " sequence = excluded.sequence, bytes = bytes + excluded.bytes RETURNING id",
                (*group, stream, first, last, ingested, number, size),
            ).fetchall()
            self._connection.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
                (
                    (identity, time, self._sequence + place, ingested, message.decode())
                    for place, (time, message) in enumerate(rows, 1)
                ),
            )
            self._sequence = number

    def streams(self, group: Group) -> Sequence[Stream]:
        """Return the streams of a group that have events, in the order of their names."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT id, name, first, last, ingested, bytes FROM streams"
                " WHERE account = ? AND region = ? AND log_group = ? ORDER BY name",
                group,
            )
            return [Stream(*row) for row in rows]

    def stream(self, group: Group, name: str) -> Stream | None:
        """Return one stream; None where it has no events."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT id, name, first, last, ingested, bytes FROM streams"
                " WHERE account = ? AND region = ? AND log_group = ? AND name = ?",
                (*group, name),
            ).fetchone()
            return Stream(*row) if row else None

    def forget(self, group: Group, stream: str | None = None) -> None:
        """Remove all events of a stream, or of the whole group: at once for whoever reads, on disk soon after."""
        with self._writing():
            # A stream of the same name made later has another id, so what is still to be removed can't appear in it.
            self._connection.execute(
                "INSERT OR REPLACE INTO removals SELECT id, ?5 FROM streams"
                " WHERE account = ?1 AND region = ?2 AND log_group = ?3 AND ?4 IN (name, '')",
                (*group, stream or "", LATEST),
            )
            self._connection.execute(
                "DELETE FROM streams WHERE account = ?1 AND region = ?2 AND log_group = ?3 AND ?4 IN (name, '')",
                (*group, stream or ""),
            )
        self._remover.work()

    def expire(self, group: Group, before: int) -> None:
        """Remove the events of a group that are older than ``before``."""
        with self._writing():
            self._connection.execute(
                "INSERT INTO removals SELECT id, ?4 FROM streams"
                " WHERE account = ?1 AND region = ?2 AND log_group = ?3 AND first < ?4"
                " ON CONFLICT DO UPDATE SET before = max(before, excluded.before)",
                (*group, before),
            )
        self._remover.work()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection of its own to a reader, who so sees one moment and waits for no writer."""
        with closing(self._opened()) as connection:
            connection.execute("BEGIN")
            yield connection

    def close(self) -> None:
        """Close the file."""
        self._remover.stop()
        with self._lock:
            self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=SECONDS_FOR_A_LOCK, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, transaction(self._connection):
            yield
