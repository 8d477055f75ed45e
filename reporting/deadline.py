"""Bounds the time of work that has no time limit of its own as a whole, and reports meanwhile what is waited for."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from reporting.terminal import WaitNotice

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

STEP = 0.5
"""Seconds between two looks at what is waited for."""


class OutOfTimeError(Exception):
    """The work was not done within its seconds."""


def within(seconds: float, work: Callable[[], T], waiting: Callable[[], str]) -> T:
    """Return what ``work`` returns, or raise what it raises; after ``seconds``, raise ``OutOfTimeError``.

    A socket's timeout counts anew with each byte, and looking up a name has none, so the work runs in a thread of its
    own, which is left behind when its time is up. ``waiting`` says what is waited for.
    """
    done: Future[T] = Future()
    threading.Thread(target=_run, args=(work, done), daemon=True).start()
    began = time.monotonic()
    notice = WaitNotice()
    try:
        while not wait([done], min(STEP, seconds)).done:
            passed = time.monotonic() - began
            if passed >= seconds:
                raise OutOfTimeError
            notice.show(passed, f"{waiting()} ({passed:.0f} s of {seconds:.0f})")
    finally:
        notice.clear()
    return done.result()


def _run(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever waits for the work gets what it raises
        done.set_exception(error)
