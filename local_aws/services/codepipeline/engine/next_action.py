"""What comes next within a stage: decided purely from its actions' run orders and how each of them stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local_aws.services.codepipeline.store.records import FAILED, IN_PROGRESS, SUCCEEDED


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
