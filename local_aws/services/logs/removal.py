"""Removes events from the file a few thousand at a time, so that nobody who writes or reads has to wait for it."""

import sqlite3
import threading
import time
from contextlib import suppress

CHUNK = 5000
PAGES = 400
"""How many free pages of the file are given back to the disk after each chunk; a page has 4,096 bytes."""
SECONDS_BETWEEN = 0.01


class Remover:
    """Works off the table ``removals`` (a stream and the time before which its events go) through ``connection``."""

    def __init__(self, connection: sqlite3.Connection, lock: threading.Lock) -> None:
        self._connection, self._lock = connection, lock
        self._asked, self._stopped = threading.Event(), False
        self._thread: threading.Thread | None = None

    def work(self) -> None:
        """See to it that what stands in the table gets done, now or by and by."""
        self._asked.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="log-removal")
            self._thread.start()

    def stop(self) -> None:
        """End; what is left to do stands in the table."""
        self._stopped = True
        self._asked.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            self._asked.wait()
            self._asked.clear()
            # A full disk, or a lock that another program holds: it is tried again when something is to be removed next.
            with suppress(sqlite3.OperationalError):
                while not self._stopped and self._one_chunk():
                    time.sleep(SECONDS_BETWEEN)

    def _one_chunk(self) -> bool:
        with self._lock:
            found = self._connection.execute("SELECT stream, before FROM removals LIMIT 1").fetchone()
            if found is None:
                return False
            stream, before = found
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._remove(stream, before)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.executescript(f"PRAGMA incremental_vacuum({PAGES})")
        return True

    def _remove(self, stream: int, before: int) -> None:
        end = self._connection.execute(
            "SELECT timestamp, sequence FROM events WHERE stream = ? AND timestamp < ?"
            " ORDER BY timestamp, sequence LIMIT 1 OFFSET ?",
            (stream, before, CHUNK),
        ).fetchone()
        bound = end or (before, 0)
        (size,) = self._connection.execute(
            "SELECT coalesce(sum(length(CAST(message AS BLOB))), 0) FROM events"
            " WHERE stream = ? AND (timestamp, sequence) < (?, ?)",
            (stream, *bound),
        ).fetchone()
        self._connection.execute(
            "DELETE FROM events WHERE stream = ? AND (timestamp, sequence) < (?, ?)", (stream, *bound)
        )
        self._connection.execute(
            "UPDATE streams SET bytes = bytes - ?, first = max(first, ?) WHERE id = ?", (size, bound[0], stream)
        )
        if end is None:
            self._connection.execute("DELETE FROM removals WHERE stream = ?", (stream,))
