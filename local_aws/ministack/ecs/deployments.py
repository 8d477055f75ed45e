"""Deployments of services within MiniStack: which of them a service tells of, and which tasks make room for them.

One thread at a time changes them, or counts tasks for them: who counted in the middle of a change would find no
deployment under way, and stop the tasks that serve. MiniStack stops the oldest ones, and counts a task as healthy as
soon as it runs.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from local_aws.ministack.adapter import Answer
from local_aws.ministack.cloudformation.stable_services import wait_no_more
from local_aws.ministack.ecs.tasks import is_ready, service_key

_LOCKS: dict[str, threading.RLock] = {}


def service_name(key: str) -> str:
    """Return the name, among all accounts and regions, of the service that MiniStack knows as ``CLUSTER/NAME``."""
    return f"{get_account_id()}/{get_region()}/{key}"


def service_lock(key: str) -> threading.RLock:
    """Return the lock of the service ``CLUSTER/NAME`` of this thread's account and region."""
    return _LOCKS.setdefault(service_name(key), threading.RLock())


def forget_what_failed_and_is_gone() -> None:
    """Have a service tell of a failed deployment only until another one has taken its place for good.

    MiniStack keeps it for ever; but a service is stable, for ECS's own waiters too, when it has one deployment alone:
    https://docs.aws.amazon.com/cli/latest/reference/ecs/wait/services-stable.html
    """
    refresh = ecs._refresh_service_state

    def refresh_service_state(cluster_name: str, group: str) -> None:
        refresh(cluster_name, group)
        service = ecs._services.get(f"{cluster_name}/{group.partition(':')[2]}")
        if service is None:
            return
        deployments = service["deployments"]
        if any(one["status"] == "PRIMARY" and one.get("rolloutState") == "COMPLETED" for one in deployments):
            service["deployments"] = [
                one for one in deployments if one["status"] == "PRIMARY" or one["runningCount"] or one["pendingCount"]
            ]

    ecs._refresh_service_state = refresh_service_state


def start_no_more_tasks() -> None:
    """Have services start nothing in place of the tasks that end because MiniStack does.

    A task whose container is removed at the end looks like one that failed, and its successor would be left behind.
    """

    def reconcile_service_tasks(cluster_name: str, service_key: str) -> None:
        del cluster_name, service_key

    def start_task_worker(*_: object) -> None:
        """Leave the task as it is: it is started anew with the service."""

    def maybe_mark_stopped(task: object, docker: object = None) -> None:
        del task, docker

    ecs._reconcile_service_tasks = reconcile_service_tasks
    ecs._maybe_mark_stopped = maybe_mark_stopped
    ecs._start_task_worker = start_task_worker
    wait_no_more()


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
