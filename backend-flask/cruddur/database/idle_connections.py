"""Open connections to PostgreSQL that nobody uses at the moment."""

import select
import time
from collections import deque
from contextlib import suppress
from typing import Final

import psycopg

# Servers and networks drop what says nothing for long, and name servers come to name another server.
_IDLE_SECONDS: Final = 600.0
_LIFE_SECONDS: Final = 3600.0
# What was used so recently is not asked whether it still works, unless something has come on it.
_TRUSTED_SECONDS: Final = 1.0


class Connection(psycopg.Connection):
    """A connection that knows its age."""

    made_at = used_at = 0.0


class IdleConnections:
    """Lends the one that was used last, so that those that are too many grow old. Threads may share it."""

    def __init__(self) -> None:
        self._oldest_first: deque[Connection] = deque()

    def take(self) -> Connection | None:
        """One that may still work; None when there is none."""
        try:
            return self._oldest_first.pop()
        except IndexError:
            return None

    def give_back(self, connection: Connection) -> None:
        """Keeps one for the next user, or closes it if it is old; and those that were idle for too long."""
        now = connection.used_at = time.monotonic()
        if now - connection.made_at > _LIFE_SECONDS:
            connection.close()
        elif not connection.closed:
            self._oldest_first.append(connection)
        self._close_what_is_old(now)

    def _close_what_is_old(self, now: float) -> None:
        with suppress(IndexError):
            while now - (oldest := self._oldest_first.popleft()).used_at > _IDLE_SECONDS:
                oldest.close()
            self._oldest_first.appendleft(oldest)

    def clear(self) -> None:
        """Closes all."""
        while connection := self.take():
            connection.close()


def is_trusted(connection: Connection) -> bool:
    """Whether one works without a question: it was used a moment ago, and nothing has come on it since.

    What comes on an idle connection is mostly its end.
    """
    if time.monotonic() - connection.used_at > _TRUSTED_SECONDS:
        return False
    arrived = select.poll()
    arrived.register(connection, select.POLLIN)
    return not arrived.poll(0)
