"""Ctrl-C, SIGTERM and SIGHUP end a command alike: what it was doing is undone, or said to run on."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Within this, the signals raise ``EndedBySignal``; once one has, SIGTERM and SIGHUP are ignored.

    A signal that is ignored, as SIGHUP under nohup, stays so. A process that was forked from this one ends at once.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner, before = os.getpid(), {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDING)}
    _pending.clear()

    def end(number: int, _frame: FrameType | None) -> None:
        if os.getpid() != owner:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        for one in ENDING:
            if signal.getsignal(one) is end:
                signal.signal(one, signal.SIG_IGN)
        if _shields and not _pending:
            _pending.append(number)
            return
        raise EndedBySignal(number)

    for number, handler in before.items():
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shielded() -> Iterator[None]:
    """Within this, the first signal has to wait: it comes into effect at the end. A second Ctrl-C does not wait."""
    _shields.append(None)
    try:
        yield
    finally:
        _shields.pop()
        if _pending and not _shields:
            raise EndedBySignal(_pending.pop())
