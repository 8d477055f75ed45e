"""Ending the wait for a server that keeps its connection open and says nothing, as a frozen host does.

PostgreSQL's own statement_timeout cannot fire on such a host, and psycopg has no time limit of its own:
https://www.psycopg.org/psycopg3/docs/advanced/async.html
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

_LOOK_EVERY_SECONDS: Final = 0.25


class SilenceError(psycopg.OperationalError):
    """The server said nothing for longer than it may."""


class SilenceLimit:
    """Hangs up on connections in use for longer than a limit."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadlines: dict[psycopg.Connection, float] = {}
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None

    @contextmanager
    def on(self, connection: psycopg.Connection) -> Iterator[None]:
        """Limits what is done with the connection inside the `with` block; raises SilenceError."""
        with self._lock:
            self._deadlines[connection] = time.monotonic() + self._seconds
            if self._watcher is None:
                # Begun at first use, not in the constructor: a thread does not survive gunicorn's fork.
                self._watcher = threading.Thread(target=self._watch, name="silence-limit", daemon=True)
                self._watcher.start()
        try:
            yield
        except psycopg.OperationalError as error:
            if connection not in self._deadlines:
                message = f"the server said nothing for {self._seconds:g} s"
                raise SilenceError(message) from error
            raise
        finally:
            with self._lock:
                self._deadlines.pop(connection, None)

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            now = time.monotonic()
            # Under the lock: a connection that has just been given back must not be cut off for its next
            # user.
            with self._lock:
                silent = [each for each, deadline in self._deadlines.items() if deadline < now]
                for connection in silent:
                    del self._deadlines[connection]
                    with suppress(psycopg.Error):
                        hang_up(connection.fileno())


def hang_up(descriptor: int) -> None:
    """Ends a connection under the hands of another thread, whose wait ends with it."""
    # Closing it belongs to that thread.
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as transport:
        transport.shutdown(socket.SHUT_RDWR)
