"""SIGTERM and SIGHUP end a command as Ctrl-C does: what it was doing is undone, or said to run on."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
SHELLS_BASE = 128
"""What shells add to a signal's number for the exit code of a command that it ended."""


_shields: list[None] = []
_pending: list[int] = []
"""What was sent within a shield."""


class EndedBySignal(KeyboardInterrupt):
    """The command was sent the signal ``number``."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_code(interruption: KeyboardInterrupt) -> int:
    """Return the exit code of a command that was interrupted so."""
    number = interruption.number if isinstance(interruption, EndedBySignal) else signal.SIGINT
    return SHELLS_BASE + number


@contextmanager
def as_interruptions() -> Iterator[None]:
    """Within this, the first of the signals raises ``EndedBySignal``; what else comes of them meanwhile is ignored.

    A signal that is ignored, as SIGHUP under nohup, stays so. A process that was forked from this one ends at once.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner = os.getpid()
    _pending.clear()
    taken = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        if os.getpid() != owner:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        for one in taken:
            signal.signal(one, signal.SIG_IGN)
        if _shields:
            _pending.append(number)
            return
        raise EndedBySignal(number)

    for number in taken:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in taken:
            if signal.getsignal(number) is end:
                signal.signal(number, signal.SIG_DFL)


@contextmanager
def shielded() -> Iterator[None]:
    """Within this, what undoes something is not interrupted by the signals: they come into effect at its end."""
    _shields.append(None)
    try:
        yield
    finally:
        _shields.pop()
        if _pending and not _shields:
            raise EndedBySignal(_pending.pop())
