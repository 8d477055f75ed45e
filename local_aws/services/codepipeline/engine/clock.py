"""The time that the engine goes by: the machine's own, or one that a test moves."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Return the time in epoch seconds."""

    def wait(self, changed: threading.Condition, until: float | None) -> None:
        """Wait, holding ``changed``, until it is notified or the clock reaches ``until``; may return early."""

    def pause(self, cancelled: threading.Event, seconds: float) -> bool:
        """Wait ``seconds``, or less when ``cancelled`` is set; tell whether it is."""


class SystemClock:
    """The machine's time."""

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return time.time()

    def wait(self, changed: threading.Condition, until: float | None) -> None:
        """Wait until notified or until that time."""
        changed.wait(None if until is None else max(0.0, until - time.time()))

    def pause(self, cancelled: threading.Event, seconds: float) -> bool:
        """Wait ``seconds`` unless cancelled before."""
        return cancelled.wait(seconds)
