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


class SilenceLimit:
    """Hangs up on connections in use for longer than a limit: their user gets an OperationalError."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadlines: dict[psycopg.Connection, float] = {}
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None

    @contextmanager
    def on(self, connection: psycopg.Connection) -> Iterator[None]:
        """Limits what is done with the connection inside the `with` block."""
        with self._lock:
            self._deadlines[connection] = time.monotonic() + self._seconds
            if self._watcher is None:
                # Begun at first use, not in the constructor: a thread does not survive gunicorn's fork.
                self._watcher = threading.Thread(target=self._watch, name="silence-limit", daemon=True)
                self._watcher.start()
        try:
            yield
        finally:
            with self._lock:
                del self._deadlines[connection]

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            now = time.monotonic()
            # Under the lock: a connection that has just been given back must not be cut off for its next
            # user.
            with self._lock:
                for connection, deadline in self._deadlines.items():
                    if deadline < now:
                        _hang_up(connection)


def _hang_up(connection: psycopg.Connection) -> None:
    # Closing the connection belongs to the thread that waits on it; ending the transport wakes that thread
    # up.
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as transport:
        transport.shutdown(socket.SHUT_RDWR)
