"""Deletes what has expired, little by little, beside the requests."""

import logging
import random
import threading
import time
from datetime import timedelta
from typing import Final

import psycopg

from cruddur.database.connections import Database, DatabaseUnavailableError
from cruddur.database.statements import statement

# How long an answer is kept for a retry with the same idempotency key.
KEYS_KEPT: Final = timedelta(hours=24)
FIRST_SECONDS: Final = 2.0
SWEEP_SECONDS: Final = 15.0
# One statement's worth: done in a few milliseconds, with every lock that it takes.
MOST_ROWS: Final = 200
_PAUSE_SECONDS: Final = 0.02
_LOCK: Final = 4568
_LOGGER: Final = logging.getLogger("cruddur.sweep")


class Sweep:
    """Sweeps a database now and then, in a thread of its own; of several processes one at a time does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._beginning = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Starts the thread, once. Not before a fork of the server, which no thread survives."""
        if self._thread is None:
            with self._beginning:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        time.sleep(FIRST_SECONDS * random.random())  # noqa: S311 - so that processes do not all begin at once
        while not self._database.is_closed:
            try:
                self.sweep()
            except (DatabaseUnavailableError, psycopg.Error) as error:
                _LOGGER.warning("nothing was swept: %s", error)
            time.sleep(SWEEP_SECONDS)

    def sweep(self) -> int:
        """Deletes all that has expired, in small transactions; gives how many rows that were."""
        deleted = 0
        for name in ("sweep", "sweep_keys"):
            while count := self._delete_some(name):
                deleted += count
                time.sleep(_PAUSE_SECONDS)
        return deleted

    def _delete_some(self, name: str) -> int:
        values = {"most": MOST_ROWS, "lock": _LOCK, "kept": KEYS_KEPT}
        with self._database.connection() as connection:
            return connection.execute(statement(name), values).rowcount
