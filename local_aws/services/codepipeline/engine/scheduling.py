"""Who may enter which stage next, what comes next within it, and what is run again: decided purely.

The rules are those of https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html: a stage is
locked while an execution is in it; others wait in front of it. SUPERSEDED: a newer one takes the place of an older one
that waits. QUEUED: they enter in the order in which they came. PARALLEL: nobody waits for anybody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from local_aws.services.codepipeline.store.records import FAILED, IN_PROGRESS, SUCCEEDED, StageRecord

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


@dataclass(frozen=True)
class Launch:
    """Start these actions side by side."""

    actions: tuple[str, ...]


@dataclass(frozen=True)
class Wait:
    """Something runs; nothing can be started before it ends."""


@dataclass(frozen=True)
class Done:
    """Nothing runs and nothing is to be started; ``succeeded`` tells whether each action did."""

    succeeded: bool


def next_move(groups: Sequence[Sequence[str]], states: Mapping[str, str], *, stopping: bool) -> Launch | Wait | Done:
    """Report how a stage goes on.

    ``groups`` are the actions' names by run order; ``states`` gives each action's state and lacks those that have not
    run. A group runs side by side, and the next one starts when all of it has succeeded; an action that fails lets its
    neighbours finish. ``stopping``: what runs may end, nothing new is started.
    """
    if any(state == IN_PROGRESS for state in states.values()):
        fresh = _fresh(groups, states)
        return Launch(fresh) if fresh and not stopping and _beside_the_running(groups, states, fresh) else Wait()
    for group in groups:
        if all(states.get(action) == SUCCEEDED for action in group):
            continue
        fresh = tuple(action for action in group if action not in states)
        failed = any(action in states and states[action] != SUCCEEDED for action in group)
        return Done(succeeded=False) if failed or stopping else Launch(fresh)
    return Done(succeeded=True)


def _fresh(groups: Sequence[Sequence[str]], states: Mapping[str, str]) -> tuple[str, ...]:
    """Give the actions of the first unfinished group that have not run: retried ones, while a neighbour still runs."""
    for group in groups:
        if any(states.get(action) != SUCCEEDED for action in group):
            return tuple(action for action in group if action not in states)
    return ()


def _beside_the_running(groups: Sequence[Sequence[str]], states: Mapping[str, str], fresh: tuple[str, ...]) -> bool:
    """Return whether nothing in the group of ``fresh`` has failed: a failure is not retried piecemeal."""
    group = next(each for each in groups if fresh[0] in each)
    return not any(states.get(action) == FAILED for action in group)


ALL_ACTIONS = "ALL_ACTIONS"

AUTOMATED = "AutomatedStageRetry"
MANUAL = "ManualStageRetry"


def mark_for_retry(stage: StageRecord, mode: str) -> None:
    """Set aside the attempts that did not succeed, or, for ``ALL_ACTIONS``, all that have ended."""
    for record in stage.actions:
        if record.status != IN_PROGRESS and (mode == ALL_ACTIONS or record.status != SUCCEEDED):
            record.retried = True
