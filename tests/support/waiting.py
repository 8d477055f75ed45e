"""Waiting for what happens elsewhere: in another process, in a container, on the local AWS."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(
    holds: Callable[[], Found], what: str | Callable[[], object] = "it", seconds: float = 120, pause: float = 0.05
) -> Found:
    """Return what ``holds`` returns as soon as that is true; fail after ``seconds``, saying what did not happen."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"{what if isinstance(what, str) else what()} did not happen in {seconds:.0f} s"
        time.sleep(pause)
    return found
