"""Hands lines on in batches, a few times a second, and holds no more of them than a batch or two."""

import threading
from collections.abc import Callable, Sequence

from local_aws.services.logs.pages import BYTES_BESIDE_A_MESSAGE

SECONDS_BETWEEN = 0.25
MOST_EVENTS = 5_000
MOST_BYTES = 900_000
"""PutLogEvents takes 1,048,576 bytes and 10,000 events a call."""
MOST_WAITING_BYTES = 4 * MOST_BYTES
"""Whoever writes more before it could be sent waits: a command that prints faster than its log takes it is held up."""

Line = tuple[int, str]
"""A time in milliseconds since the epoch, and a line."""


class Batches:
    """Gives ``send`` lists of lines, from a thread of its own; what it raises is its own loss."""

    def __init__(self, send: Callable[[Sequence[Line]], None], name: str) -> None:
        self._send = send
        self._waiting: list[Line] = []
        self._bytes = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)
        self._thread.start()

    def write(self, lines: Sequence[Line]) -> None:
        """Put lines into the queue; wait while it is full."""
        size = sum(_size(line) for line in lines)
        with self._changed:
            self._changed.wait_for(lambda: self._bytes < MOST_WAITING_BYTES or self._closed)
            self._waiting.extend(lines)
            self._bytes += size
            if self._bytes >= MOST_BYTES:
                self._changed.notify_all()

    def close(self) -> None:
        """Send what waits, and end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            self._send(batch)

    def _next(self) -> Sequence[Line]:
        """Wait until there is something to send; give nothing at the end."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait_for(lambda: self._bytes >= MOST_BYTES or self._closed, SECONDS_BETWEEN)
            batch = self._waiting[: _fitting(self._waiting)]
            del self._waiting[: len(batch)]
            self._bytes -= sum(_size(line) for line in batch)
            self._changed.notify_all()
            return batch


def _fitting(lines: Sequence[Line]) -> int:
    """Report how many lines, from the first on, one call takes; one at least, where there is any."""
    size = 0
    for count, line in enumerate(lines[:MOST_EVENTS]):
        size += _size(line)
        if count and size > MOST_BYTES:
            return count
    return min(len(lines), MOST_EVENTS)


def _size(line: Line) -> int:
    return len(line[1].encode()) + BYTES_BESIDE_A_MESSAGE
