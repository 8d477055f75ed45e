"""Bounds the time of work that has no time limit of its own as a whole, and reports meanwhile what is waited for."""

import resource
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

from reporting.terminal import WaitNotice

T = TypeVar("T")

THREAD = "work within a time limit"
"""The name of the thread that does it."""
STEP = 0.5
"""Seconds between two looks at what is waited for."""


MOST_MEMORY = 1 << 30
"""Bytes by which the process may grow meanwhile: an answer without an end fills any memory."""


class OutOfTimeError(Exception):
    """The work was not done within its limits; the message says after what it was given up."""


def within(seconds: float, work: Callable[[], T], waiting: Callable[[], str]) -> T:
    """Return what ``work`` returns, or raise what it raises; after ``seconds``, raise ``OutOfTimeError``.

    The same is raised once the process has grown by ``MOST_MEMORY``. A socket's timeout counts anew with each byte, and
    looking up a name has none, so the work runs in a thread of its own, which is left behind when its time is up.
    ``waiting`` says what is waited for.
    """
    done: Future[T] = Future()
    threading.Thread(target=_run, args=(work, done), daemon=True, name=THREAD).start()
    began, memory = time.monotonic(), _memory()
    notice = WaitNotice()
    try:
        while not wait([done], min(STEP, seconds)).done:
            passed = time.monotonic() - began
            if passed >= seconds:
                raise OutOfTimeError(f"{seconds:g} s")
            if _memory() - memory > MOST_MEMORY:
                raise OutOfTimeError(f"{passed:.0f} s and {MOST_MEMORY >> 30} GB")
            notice.show(passed, f"{waiting()} ({passed:.0f} s of {seconds:.0f})")
    finally:
        notice.clear()
    return done.result()


def _memory() -> int:
    """Return the most memory that this process has had, in bytes; Linux counts in kilobytes (getrusage(2))."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _run(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever waits for the work gets what it raises
        done.set_exception(error)
