"""The connections that keep a process waiting: for a request, or for their client to take an answer."""

from typing import Protocol

from cruddur.server.limits import MOST_UNTAKEN_BYTES, MOST_WAITING


class Waiting(Protocol):
    """A connection as far as it matters here."""

    def abort(self) -> None:
        """Ends it at once, whatever is not sent."""

    def close(self) -> None:
        """Ends it when what is written is sent."""


class WaitingConnections:
    """A bounded number of connections, with a bounded number of bytes that their clients have not taken.

    With more of either, those that have kept the process waiting for longest are ended.
    """

    def __init__(self) -> None:
        self._untaken_bytes: dict[Waiting, int] = {}
        self._all_untaken_bytes = 0

    def add(self, connection: Waiting, untaken_bytes: int = 0) -> None:
        """Begins the wait of this one, as the last of all."""
        self.remove(connection)
        self._untaken_bytes[connection] = untaken_bytes
        self._all_untaken_bytes += untaken_bytes
        while len(self._untaken_bytes) > MOST_WAITING or self._all_untaken_bytes > MOST_UNTAKEN_BYTES:
            longest = next(iter(self._untaken_bytes))
            self.remove(longest)
            longest.abort()

    def remove(self, connection: Waiting) -> None:
        """Ends the wait of this one, if there is any."""
        self._all_untaken_bytes -= self._untaken_bytes.pop(connection, 0)

    def for_a_request(self) -> list[Waiting]:
        """Those that have taken all their answers."""
        return [each for each, untaken_bytes in self._untaken_bytes.items() if not untaken_bytes]
