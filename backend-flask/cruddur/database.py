"""Connections to PostgreSQL: opened at first use, with bounded waits, refused while it is down."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from cruddur.connection_url import ConnectionUrl
from cruddur.silence import SilenceLimit

# Whoever asks is answered in less than a second, also by a database that is busy or locked.
TURN_SECONDS: Final = 0.4
WAIT_SECONDS: Final = 2.0
STATEMENT_SECONDS: Final = 0.5
# Rows are locked for milliseconds, whole tables only by people.
LOCK_SECONDS: Final = 0.2
SILENCE_SECONDS: Final = 4.0
# libpq takes whole seconds and at least 2: https://www.postgresql.org/docs/current/libpq-connect.html
CONNECT_SECONDS: Final = 2
# The pool tries again for so long, waiting longer each time; then the next request starts it anew.
RECONNECT_SECONDS: Final = 5


# While the database is down, somebody finds out whether it is back once in this time; the others are told at
# once.
PAUSE_SECONDS: Final = 1.0
# A process that ends waits no longer than this for a connection that is just being tried.
CLOSE_SECONDS: Final = 1.0
_SETTINGS: Final = {
    "TimeZone": "UTC",
    "lock_timeout": f"{LOCK_SECONDS}s",
    # Nothing here is worth compiling, or a second processor.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}


class DatabaseUnavailableError(Exception):
    """The database cannot be reached, or did not answer in time."""


class ConnectionLostError(DatabaseUnavailableError):
    """The connection was lost while a statement was under way: nobody knows whether it was done."""


class DatabaseBusyError(DatabaseUnavailableError):
    """So many use the database that there was no turn in time."""


class Database:
    """A pool of connections, each committing by itself unless a transaction is begun on it.

    Nothing is opened until the first request, so a process starts, and forks, with no database in reach.
    """

    def __init__(
        self,
        url: ConnectionUrl,
        pool_size: int,
        *,
        turn_seconds: float = TURN_SECONDS,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`pool_size` is how many may use it at once; the others wait `turn_seconds` for their turn.

        `settings` are PostgreSQL's, by name, for every connection; beside those that all have.
        """
        self._url = url
        self._beside: list[Database] = []
        self._settings = {"statement_timeout": f"{STATEMENT_SECONDS}s", **_SETTINGS, **(settings or {})}
        self._turns = threading.BoundedSemaphore(pool_size)
        self._turn_seconds = turn_seconds
        self._silence = SilenceLimit(SILENCE_SECONDS)
        self._pool = ConnectionPool(
            url.text,
            open=False,
            min_size=1,
            max_size=pool_size,
            timeout=WAIT_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "backend-flask",
            },
            configure=self._configure,
            check=self._check,
            name="cruddur",
        )
        self._opening = threading.Lock()
        self._is_closed = False
        self._is_down = False
        self._failed_at = float("-inf")
        self._probing = threading.Lock()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Lends a connection; raises DatabaseUnavailableError, also for a statement that was cut off."""
        if not self._turns.acquire(timeout=self._turn_seconds):
            message = f"no turn within {self._turn_seconds:g} s"
            raise DatabaseBusyError(message)
        try:
            with self._borrowed() as connection:
                yield connection
        finally:
            self._turns.release()

    @contextmanager
    def _borrowed(self) -> Iterator[psycopg.Connection]:
        connection = self._borrow()
        try:
            with self._silence.on(connection):
                yield connection
        except psycopg.OperationalError as error:
            message = f"the database stopped answering: {type(error).__name__}"
            # A statement cut off by its time limit says nothing about the next one; a lost connection does.
            if connection.closed:
                self._note_failure()
                raise ConnectionLostError(message) from error
            raise DatabaseUnavailableError(message) from error
        finally:
            self._pool.putconn(connection)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def beside(self, pool_size: int, turn_seconds: float, settings: Mapping[str, str]) -> "Database":
        """Connections of their own to the same database; closed with this one's."""
        other = Database(self._url, pool_size, turn_seconds=turn_seconds, settings=settings)
        self._beside.append(other)
        return other

    def close(self) -> None:
        """Closes every connection; for the end of the process."""
        for other in self._beside:
            other.close()
        self._is_closed = True
        self._pool.close(timeout=CLOSE_SECONDS)

    def _borrow(self) -> psycopg.Connection:
        self._open()
        if not self._is_down:
            return self._wait()
        # While it is down one thread finds out whether it is back; were all of them to wait, none would be
        # left to answer the health check, and the container would be killed for its database's outage.
        just_failed = time.monotonic() - self._failed_at < PAUSE_SECONDS
        if just_failed or not self._probing.acquire(blocking=False):
            message = "the database is down"
            raise DatabaseUnavailableError(message)
        try:
            return self._wait()
        finally:
            self._probing.release()

    def _wait(self) -> psycopg.Connection:
        try:
            connection = self._pool.getconn()
        except (PoolTimeout, psycopg.OperationalError) as error:
            self._note_failure()
            message = f"no connection to the database within {WAIT_SECONDS:g} s"
            raise DatabaseUnavailableError(message) from error
        self._is_down = False
        return connection

    def _note_failure(self) -> None:
        self._failed_at = time.monotonic()
        self._is_down = True

    def _open(self) -> None:
        if self._pool.closed:
            with self._opening:
                # Opening an open pool does nothing.
                self._pool.open(wait=False)

    def _configure(self, connection: psycopg.Connection) -> None:
        # By statements, not as start-up options: poolers such as PgBouncer and RDS Proxy refuse those.
        with self._silence.on(connection):
            connection.execute(
                "SELECT set_config(name, value, false) "
                "FROM unnest(%s::text[], %s::text[]) AS given (name, value)",
                (list(self._settings), list(self._settings.values())),
            )

    def _check(self, connection: psycopg.Connection) -> None:
        with self._silence.on(connection):
            ConnectionPool.check_connection(connection)
