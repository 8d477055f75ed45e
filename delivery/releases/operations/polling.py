"""How often an execution is looked at, and for how long."""

import time
from collections.abc import Iterator

from delivery.aws.polling import MINUTE

SHORTEST, LONGEST = 0.2, 3.0
"""Seconds between two looks."""

SHARE = 5
"""A pause takes so many times as long as a look: an AWS that answers at once is looked at oftener than one whose calls
are far away and limited (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""


def looks(minutes: float) -> Iterator[float]:
    """Sleep between turns of a loop, according to what a turn costs; give the seconds since the loop began.

    There is at least one turn, and the last one is when ``minutes`` are over.
    """
    began = time.monotonic()
    while True:
        turn = time.monotonic()
        yield turn - began
        left = minutes * MINUTE - (time.monotonic() - began)
        if left <= 0:
            return
        time.sleep(min(left, LONGEST, max(SHORTEST, SHARE * (time.monotonic() - turn))))
