"""How often an execution is looked at."""

import time
from collections.abc import Iterator

SHORTEST, LONGEST = 0.3, 3.0
"""Seconds between two looks."""

SHARE = 10
"""A look may take a tenth of the time: an AWS that answers at once is looked at oftener than one far away, whose calls
are limited for the whole account (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""


def looks() -> Iterator[float]:
    """Sleep between turns of a loop, according to what a turn costs; give the seconds since the loop began."""
    began = time.monotonic()
    while True:
        turn = time.monotonic()
        yield turn - began
        time.sleep(min(LONGEST, max(SHORTEST, SHARE * (time.monotonic() - turn))))
