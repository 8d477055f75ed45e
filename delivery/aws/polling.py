"""How long to wait between two looks at the same thing, and when to stop looking."""

import time
from collections.abc import Iterator

FIRST = 0.1
"""Seconds before the second look: a local AWS is done by then."""

LONGEST = 3.0
"""Seconds between looks in the long run: CloudFormation allows few calls a second to a whole account."""

GROWTH = 1.4

MINUTE = 60.0
"""Seconds."""

WAIT_MINUTES = 30.0
"""How long a command waits where nothing else is said."""


def pauses(minutes: float) -> Iterator[float]:
    """Sleep between turns of a loop, longer each time; give the seconds passed since the loop began.

    There is at least one turn, and the last one is when ``minutes`` are over.
    """
    began, pause = time.monotonic(), FIRST
    while True:
        yield time.monotonic() - began
        left = minutes * MINUTE - (time.monotonic() - began)
        if left <= 0:
            return
        time.sleep(min(pause, left))
        pause = min(LONGEST, pause * GROWTH)
