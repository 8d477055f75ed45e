"""Remembering that a table is locked, so that not everybody who reads waits to find out."""

import time
from typing import Final

import psycopg

from cruddur.database.connections import DatabaseBusyError, DatabaseUnavailableError

PAUSE_SECONDS: Final = 0.5


class TableLocks:
    """What readers know of each other: after one has waited for a lock in vain, the others are told at once.

    Who reads locks no rows, so that only a lock on a whole table can be in the way. Threads may share it.
    """

    def __init__(self) -> None:
        self._locked_until = float("-inf")

    def check(self) -> None:
        """Before a reading statement; raises DatabaseBusyError while a table is known to be locked."""
        if time.monotonic() < self._locked_until:
            message = "a table is locked"
            raise DatabaseBusyError(message)

    def learn(self, error: DatabaseUnavailableError) -> None:
        """After a reading statement that failed with this error."""
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            self._locked_until = time.monotonic() + PAUSE_SECONDS
