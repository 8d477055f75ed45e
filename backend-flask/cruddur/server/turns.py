"""Turns that few have at once: of those who come when all are taken some wait, and not for long."""

import asyncio


class Turns:
    """`at_once` have one, and `most_waiting` wait for one, for so many seconds; on one event loop."""

    def __init__(self, at_once: int, most_waiting: float, seconds: float) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most_waiting = most_waiting
        self._seconds = seconds
        self._waiting = 0

    async def begin(self) -> bool:
        """Waits for a turn; False without one, and at once when too many wait."""
        if self._free.locked() and self._waiting >= self._most_waiting:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    def end(self) -> None:
        """Leaves the turn to another."""
        self._free.release()
