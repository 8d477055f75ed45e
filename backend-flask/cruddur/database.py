"""Connections to PostgreSQL: opened at first use, with bounded waits, refused while it is down."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from cruddur.connection_url import ConnectionUrl
from cruddur.silence import SilenceLimit

# A load balancer's health check waits 5 s by default: every wait here is shorter, even when all threads are
# caught.
WAIT_SECONDS: Final = 2.0
STATEMENT_SECONDS: Final = 3
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


class DatabaseUnavailableError(Exception):
    """The database cannot be reached, or did not answer in time."""


class Database:
    """A pool of connections, each committing by itself unless a transaction is begun on it.

    Nothing is opened until the first request, so a process starts, and forks, with no database in reach.
    """

    def __init__(self, url: ConnectionUrl, pool_size: int) -> None:
        """`pool_size` is the number of threads that may ask at once: then no request waits for another's."""
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
        self._is_down = False
        self._failed_at = float("-inf")
        self._probing = threading.Lock()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Lends a connection; raises DatabaseUnavailableError, also for a statement that was cut off."""
        connection = self._borrow()
        try:
            with self._silence.on(connection):
                yield connection
        except psycopg.OperationalError as error:
            # A statement cut off by its time limit says nothing about the next one; a lost connection does.
            if connection.closed:
                self._note_failure()
            message = f"the database stopped answering: {type(error).__name__}"
            raise DatabaseUnavailableError(message) from error
        finally:
            self._pool.putconn(connection)

    def close(self) -> None:
        """Closes every connection; for the end of the process."""
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
                "SELECT set_config('statement_timeout', %s, false)", (f"{STATEMENT_SECONDS}s",)
            )
            connection.execute("SELECT set_config('TimeZone', 'UTC', false)")

    def _check(self, connection: psycopg.Connection) -> None:
        with self._silence.on(connection):
            ConnectionPool.check_connection(connection)
