"""Who may enter which stage next: decided purely from where the executions of one pipeline stand.

The rules are those of https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html: a stage is
locked while an execution is in it; others wait in front of it. SUPERSEDED: a newer one takes the place of an older one
that waits. QUEUED: they enter in the order in which they came. PARALLEL: nobody waits for anybody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

QUEUED = "QUEUED"
SUPERSEDED = "SUPERSEDED"
PARALLEL = "PARALLEL"

CONCURRENT_LIMITS = {QUEUED: 50, PARALLEL: 300}
"""How many executions of a pipeline may be under way (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""


@dataclass(frozen=True)
class Position:
    """Where a running execution stands: in stage number ``stage`` when ``inside``, else in front of it.

    ``order`` grows with each execution that is started. ``held``: it is being stopped and enters nothing any more.
    """

    execution: str
    order: int
    stage: int
    inside: bool
    held: bool = False


@dataclass(frozen=True)
class Enter:
    """``execution`` enters the stage in front of which it waits."""

    execution: str


@dataclass(frozen=True)
class Supersede:
    """``execution`` ends while it waits, because the newer ``by`` waits at the same stage."""

    execution: str
    by: str


Step = Enter | Supersede


def next_steps(mode: str, positions: Sequence[Position], closed: Collection[int]) -> list[Step]:
    """Return what is to be done now; ``closed`` are the numbers of the stages whose inbound transition is disabled.

    The steps do not depend on one another, and after they are taken a second call gives none.
    """
    waiting = [each for each in positions if not each.inside and not each.held]
    if mode == PARALLEL:
        return [Enter(each.execution) for each in waiting]
    locked = {each.stage for each in positions if each.inside}
    steps: list[Step] = []
    for stage in sorted({each.stage for each in waiting}):
        queue = sorted((each for each in waiting if each.stage == stage), key=lambda each: each.order)
        if mode == SUPERSEDED:
            newest = queue[-1]
            steps += [Supersede(each.execution, newest.execution) for each in queue[:-1]]
            queue = [newest]
        if stage not in locked and stage not in closed:
            steps.append(Enter(queue[0].execution))
    return steps
