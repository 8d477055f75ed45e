"""How long to wait between two looks at the same thing, and when to stop looking."""

import time
from collections.abc import Callable, Iterator

FIRST = 0.1
"""Seconds before the second look: a local AWS is done by then."""

LONGEST = 3.0
"""Seconds between looks in the long run: CloudFormation allows few calls a second to a whole account."""

GROWTH = 1.4

SHORTEST, SHARE = 0.2, 5
"""A pause of ``looks`` takes so many seconds at least, and so many times as long as a look: an AWS that answers at once
is looked at oftener than one whose calls are far away and limited
(https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""

MINUTE = 60.0
"""Seconds."""

WAIT_MINUTES = 30.0
"""How long a command waits where nothing else is said."""


def pauses(minutes: float) -> Iterator[float]:
    """Sleep between turns of a loop, longer each time; give the seconds passed since the loop began.

    There is at least one turn, and the last one is when ``minutes`` are over.
    """
    return _turns(minutes, lambda before, _took: before * GROWTH or FIRST)


def looks(minutes: float) -> Iterator[float]:
    """Do the same for looks at an execution: sleep according to what a turn costs."""
    return _turns(minutes, lambda _before, took: max(SHORTEST, SHARE * took))


def _turns(minutes: float, pause: Callable[[float, float], float]) -> Iterator[float]:
    """Sleep as long as ``pause`` says, from the pause before and the seconds that the turn took."""
    began, before = time.monotonic(), 0.0
    while True:
        turn = time.monotonic()
        yield turn - began
        now = time.monotonic()
        left = minutes * MINUTE - (now - began)
        if left <= 0:
            return
        before = min(LONGEST, pause(before, now - turn))
        time.sleep(min(left, before))
