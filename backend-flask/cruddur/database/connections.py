"""Connections to PostgreSQL: opened at first use, with bounded waits, refused while it is down."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg.pq import TransactionStatus

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database.idle_connections import Connection, IdleConnections, is_trusted
from cruddur.database.silence import SilenceError, SilenceLimit

# Whoever asks is answered in less than a second, also by a database that is busy or locked.
TURN_SECONDS: Final = 0.25
STATEMENT_SECONDS: Final = 0.5
# Rows are locked for milliseconds, whole tables only by people.
LOCK_SECONDS: Final = 0.2
# Longer than any statement may take: then the server is frozen, or the network is broken.
SILENCE_SECONDS: Final = 2.0
# libpq takes whole seconds and at least 2: https://www.postgresql.org/docs/current/libpq-connect.html
CONNECT_SECONDS: Final = 2
# While the database is down, somebody finds out whether it is back once in this time; the others are told at
# once.
PAUSE_SECONDS: Final = 0.5
SETTINGS: Final = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
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
    """Connections to one database, each committing by itself unless a transaction is begun on it.

    Nothing is opened until the first request, so a process starts, and forks, with no database in reach.
    """

    def __init__(
        self,
        url: ConnectionUrl,
        pool_size: int,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`pool_size` is how many may use it at once; the others wait for their turn.

        `settings` are PostgreSQL's, by name, for every connection; beside those that all have.
        """
        self._url = url
        self._beside: list[Database] = []
        self._settings = SETTINGS | dict(settings or {})
        self._turns = threading.BoundedSemaphore(pool_size)
        self._silence = SilenceLimit(SILENCE_SECONDS)
        self._idle = IdleConnections()
        self._is_closed = False
        self._is_down = False
        self._failed_at = float("-inf")
        self._probing = threading.Lock()
        # Called whenever a connection has been opened.
        self.when_connected: Callable[[], object] = _do_nothing

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Lends a connection; raises DatabaseUnavailableError, also for a statement that was cut off."""
        if not self._turns.acquire(timeout=TURN_SECONDS):
            message = f"no turn within {TURN_SECONDS:g} s"
            raise DatabaseBusyError(message)
        try:
            connection = self._working()
            try:
                with self._silence.on(connection):
                    yield connection
            except psycopg.OperationalError as error:
                raise self._failure(connection, error) from error
            finally:
                self._give_back(connection)
        finally:
            self._turns.release()

    def _failure(self, connection: Connection, error: psycopg.OperationalError) -> DatabaseUnavailableError:
        message = f"the database stopped answering: {type(error).__name__}"
        # A statement cut off by its time limit says nothing about the next one; a lost connection does.
        if not connection.closed:
            return DatabaseUnavailableError(message)
        self._idle.clear()
        if isinstance(error, SilenceError):
            self._note_failure()
        return ConnectionLostError(message)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def beside(self, pool_size: int, settings: Mapping[str, str]) -> "Database":
        """Connections of their own to the same database; closed with this one's."""
        other = Database(self._url, pool_size, settings)
        self._beside.append(other)
        return other

    def close(self) -> None:
        """Closes every connection; for the end of the process."""
        for other in self._beside:
            other.close()
        self._is_closed = True
        self._idle.clear()

    def _give_back(self, connection: Connection) -> None:
        if self._is_closed or connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()
        else:
            self._idle.give_back(connection)

    def _working(self) -> Connection:
        """A connection that works; the first that does not takes all others with it, as a restart does."""
        connection = self._idle.take()
        if connection and (is_trusted(connection) or self._answers(connection)):
            return connection
        if connection:
            self._idle.clear()
        return self._opened()

    def _answers(self, connection: Connection) -> bool:
        try:
            with self._silence.on(connection):
                connection.execute("")
        except SilenceError as error:
            connection.close()
            self._idle.clear()
            self._note_failure()
            message = "the database is silent"
            raise DatabaseUnavailableError(message) from error
        except psycopg.OperationalError:
            connection.close()
            return False
        return True

    def _opened(self) -> Connection:
        if not self._is_down:
            return self._open()
        # While it is down one thread finds out whether it is back; were all of them to wait, none would be
        # left for what needs no database.
        just_failed = time.monotonic() - self._failed_at < PAUSE_SECONDS
        if just_failed or not self._probing.acquire(blocking=False):
            message = "the database is down"
            raise DatabaseUnavailableError(message)
        try:
            return self._open()
        finally:
            self._probing.release()

    def _open(self) -> Connection:
        try:
            connection = self._connected()
        except psycopg.OperationalError as error:
            self._note_failure()
            message = f"no connection to the database: {type(error).__name__}"
            raise DatabaseUnavailableError(message) from error
        self._is_down = False
        self.when_connected()
        return connection

    def _note_failure(self) -> None:
        self._is_down, self._failed_at = True, time.monotonic()

    def _connected(self) -> Connection:
        connection = Connection.connect(
            self._url.text,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="backend-flask",
        )
        try:
            # By statements, not as start-up options: poolers such as PgBouncer and RDS Proxy refuse those.
            with self._silence.on(connection):
                connection.execute(
                    "SELECT set_config(name, value, false) "
                    "FROM unnest(%s::text[], %s::text[]) AS given (name, value)",
                    (list(self._settings), list(self._settings.values())),
                )
        except psycopg.Error:
            connection.close()
            raise
        connection.made_at = time.monotonic()
        return connection


def _do_nothing() -> None:
    pass
