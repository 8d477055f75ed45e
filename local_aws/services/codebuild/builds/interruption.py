"""What keeps a build waiting, and what ends it from outside: StopBuild, a timeout, or the end of the local AWS."""

import threading
from collections.abc import Callable
from typing import TypeVar

Started = TypeVar("Started")

STOPPED = "STOPPED"
TIMED_OUT = "TIMED_OUT"


class InterruptedBuildError(Exception):
    """The build was ended from outside; ``status`` is STOPPED or TIMED_OUT."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Interruption:
    """Remembers the first reason to end, and runs ``on_interrupt`` then, once."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._status = ""
        self._on_interrupt: Callable[[], None] = lambda: None
        self.happened = threading.Event()

    def interrupt(self, status: str) -> None:
        """End the build with ``status``; a second reason changes nothing."""
        with self._lock:
            if self._status:
                return
            self._status = status
            self.happened.set()
            self._on_interrupt()

    def on_interrupt(self, action: Callable[[], None]) -> None:
        """Say what kills the running commands."""
        with self._lock:
            self._on_interrupt = action

    def check(self) -> None:
        """Raise ``InterruptedBuildError`` when the build is to end."""
        if self._status:
            raise InterruptedBuildError(self._status)

    def start(self, starter: Callable[[], Started]) -> Started:
        """Run ``starter``, which starts a process, so that no interruption can fall between look and start."""
        with self._lock:
            self.check()
            return starter()


class Slots:
    """``count`` places; a build has one while it runs."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._changed = threading.Condition()

    def take(self, interruption: Interruption, seconds: float) -> None:
        """Wait for a place; raises ``InterruptedBuildError`` when stopped, or when ``seconds`` have passed."""
        interruption.on_interrupt(self._wake)
        with self._changed:
            found = self._changed.wait_for(lambda: self._free > 0 or interruption.happened.is_set(), seconds)
            interruption.check()
            if not found:
                raise InterruptedBuildError(TIMED_OUT)
            self._free -= 1

    def give_back(self) -> None:
        """Let the next build in."""
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
