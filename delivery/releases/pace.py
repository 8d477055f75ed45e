"""How often an execution is looked at."""

import time
from collections.abc import Iterator

SHORTEST, LONGEST = 0.2, 3.0
"""Seconds between two looks."""

SHARE = 5
"""A pause takes so many times as long as a look: an AWS that answers at once is looked at oftener than one whose calls
are far away and limited (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""


def looks() -> Iterator[float]:
    """Sleep between turns of a loop, according to what a turn costs; give the seconds since the loop began."""
    began = time.monotonic()
    while True:
        turn = time.monotonic()
        yield turn - began
        time.sleep(min(LONGEST, max(SHORTEST, SHARE * (time.monotonic() - turn))))
