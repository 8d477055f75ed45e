"""Watches each task of a service from its start to its end: who is well gets traffic, who is unwell is replaced."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from local_aws.services.ecs.health import TargetHealth

_SECONDS_BETWEEN_LOOKS = 0.2

_LOGGER = logging.getLogger("local_aws")


@dataclass
class TaskView:
    """What the watcher needs of one running task, as callables on the task itself.

    ``container_health`` gives, by container's name, Docker's word: healthy, unhealthy, starting, or empty for no check.
    """

    name: str
    is_active: Callable[[], bool]
    container_health: Callable[[], dict[str, str]]
    essential: frozenset[str]
    targets: list[TargetHealth]
    grace_seconds: float
    publish: Callable[[dict[str, str], bool], None]
    """Told (container health, ready for traffic) when either changes."""
    kill: Callable[[str], None]
    """Told the reason for which the task must be replaced."""
    started: float = field(default_factory=time.monotonic)


def watch(task: TaskView) -> None:
    """Watch until the task ends, or is ended here."""
    said: tuple[dict[str, str], bool] | None = None
    while task.is_active():
        health = task.container_health()
        unwell = [name for name in task.essential if health.get(name) == "unhealthy"]
        for target in task.targets:
            target.look()
        in_grace = time.monotonic() - task.started < task.grace_seconds
        refusing = [target for target in task.targets if target.gave_up]
        if unwell:
            task.kill(f"Task failed container health checks ({', '.join(sorted(unwell))})")
            return
        if refusing and not in_grace:
            target = refusing[0]
            task.kill(f"Task failed ELB health checks at {target.check.address} (last answer: {target.answered})")
            return
        now = (health, _is_ready(health, task))
        if now != said:
            task.publish(*now)
            said = now
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _is_ready(health: dict[str, str], task: TaskView) -> bool:
    checked = [state for state in health.values() if state]
    return all(state == "healthy" for state in checked) and all(target.healthy for target in task.targets)
