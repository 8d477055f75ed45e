"""Work that comes for thousands of connections at the same moment, done a little at a time."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

# So many, which takes a few milliseconds, and then a pause: whoever is hung up on may come again at once, and
# who comes anew waits behind them.
_AT_A_TIME: Final = 16
_PAUSE_SECONDS: Final = 0.02


class Gradually:
    """Calls what it is given, in order, and lets the event loop serve others in between."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], object]] = deque()

    def call(self, function: Callable[[], object]) -> None:
        """Calls it, when it is its turn."""
        if not self._waiting:
            self._loop.call_soon(self._call_some)
        self._waiting.append(function)

    def _call_some(self) -> None:
        for _ in range(min(_AT_A_TIME, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._loop.call_later(_PAUSE_SECONDS, self._call_some)
