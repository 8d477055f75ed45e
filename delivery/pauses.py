"""How long to wait between two looks at the same thing."""

import time
from collections.abc import Iterator

FIRST = 0.1
"""Seconds before the second look: a local AWS is done by then."""

LONGEST = 3.0
"""Seconds between looks in the long run: CloudFormation allows few calls a second to a whole account."""

GROWTH = 1.4


def pauses(longest: float = LONGEST) -> Iterator[float]:
    """Sleep between turns of a loop, longer each time; give the seconds passed since the loop began."""
    began = time.monotonic()
    pause = FIRST
    while True:
        yield time.monotonic() - began
        time.sleep(pause)
        pause = min(longest, pause * GROWTH)
