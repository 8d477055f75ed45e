"""Which tasks make room for a new deployment within MiniStack: those that are not healthy, before any that is.

MiniStack stops the oldest ones, and counts a task as healthy as soon as it runs.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.services import ecs

from local_aws.ministack.adapter import Answer
from local_aws.ministack.ecs.tasks import is_ready, service_key

_FOR_ROOM = "Deployment capacity limit"
"""MiniStack's reason for such a stop."""

Record = dict[str, Any]


def keep_healthy_tasks() -> None:
    """Keep as many healthy tasks as ``minimumHealthyPercent`` asks for; call it before tasks are scheduled."""
    ecs._stop_task = partial(_stop, ecs._stop_task)
    ecs._run_task = partial(_run, ecs._run_task)


def _stop(stop: Callable[[Mapping[str, Any]], Answer], data: Mapping[str, Any]) -> Answer | None:
    """Stop a task; where one must make room, whichever does least harm, or none."""
    task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
    service = ecs._services.get(service_key(task or {}))
    if service is None or data.get("reason") != _FOR_ROOM:
        return stop(data)
    tasks = _active(service)
    stale = [one for one in tasks if ecs._deployment_for_task(service, one) is not ecs._primary_deployment(service)]
    chosen = min(stale, key=lambda one: (is_ready(one), one.get("lastStatus") == "RUNNING"), default=None)
    ready = sum(is_ready(one) for one in tasks)
    if chosen is None or (is_ready(chosen) and ready - 1 < _bound(service, "minimumHealthyPercent", 100)):
        return None
    return stop({**data, "task": chosen["taskArn"]})


def _run(run: Callable[[Mapping[str, Any]], Answer], data: Mapping[str, Any]) -> Answer | None:
    """Run tasks; of a service, no more than its ``maximumPercent`` leaves room for."""
    service = ecs._services.get(f"{data.get('cluster')}/{data.get('startedBy')}") if "_deploymentId" in data else None
    if service is None:
        return run(data)
    room = max(1, _bound(service, "maximumPercent", 200)) - len(_active(service))
    return run({**data, "count": min(room, int(data.get("count", 1)))}) if room > 0 else None


def _active(service: Record) -> list[Record]:
    group = f"service:{service['serviceName']}"
    return [
        task
        for task in list(ecs._tasks.values())
        if task.get("group") == group
        and task.get("clusterArn") == service["clusterArn"]
        and task.get("lastStatus") in ecs._PRE_STOP_STATUSES
    ]


def _bound(service: Record, name: str, default: int) -> int:
    """Return a percentage of the desired count: the lower limit rounded up, the upper one down, as ECS does."""
    percent = int((service.get("deploymentConfiguration") or {}).get(name, default))
    share = percent * int(service["desiredCount"])
    return -(-share // 100) if name == "minimumHealthyPercent" else share // 100
