"""Turns that few have at once: who comes when all are taken waits, and not for long."""

import asyncio


class Turns:
    """`at_once` have one, and the others wait for one for so many seconds; on one event loop."""

    def __init__(self, at_once: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._seconds = seconds

    async def begin(self) -> bool:
        """Waits for a turn; False without one."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            return False
        return True

    def end(self) -> None:
        """Leaves the turn to another."""
        self._free.release()
