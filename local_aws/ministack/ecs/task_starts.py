"""When services start tasks within MiniStack: not without an engine, after pauses where it fails, and telling why.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response, new_uuid
from ministack.services import ecs

from local_aws.ministack.adapter import Answer, acting_in
from local_aws.ministack.ecs.deployments import service_lock, service_name
from local_aws.ministack.ecs.tasks import service_key
from local_aws.services.ecs.engine import Engine
from local_aws.services.ecs.retries import AT_ONCE, Retries

_MOST_EVENTS = 100
"""As DescribeServices gives."""
_MOST_STOPPED = 100
"""So many stopped tasks are shown of each service, and of tasks without one."""
_SHOWN_FOR = timedelta(hours=1)

Data = Mapping[str, Any]
Record = dict[str, Any]


@dataclass
class _Scheduler:
    """Starts and restarts the tasks of services."""

    engine: Engine
    retries: Retries = field(default_factory=Retries)
    waiting: set[str] = field(default_factory=set)

    def reconcile(self, reconcile: Callable[[str, str], None], cluster: str, key: str) -> None:
        """Have a service's tasks counted and started by one thread at a time, so that none is started twice."""
        with service_lock(key):
            reconcile(cluster, key)

    def run(self, run: Callable[[Data], Answer], data: Data) -> Answer | None:
        """Run the tasks that a client asks for, or say why none is; those that a service misses now or later."""
        away = self.engine.away()
        if "_deploymentId" not in data:
            return json_response({"tasks": [], "failures": [{"reason": away}]}) if away else run(data)
        cluster, service = str(data["cluster"]), str(data["startedBy"])
        key, deployment = f"{cluster}/{service}", str(data["_deploymentId"])
        if away:
            # The engine's coming has all services looked at again.
            tell(key, f"(service {service}) was unable to place a task. Reason: {away}.")
        elif pause := self.retries.pause(service_name(key), deployment):
            self._later(pause, cluster, key)
        else:
            self.retries.begin(service_name(key), deployment)
            return run(data)
        return None

    def fail(self, count: Callable[..., None], task: Record, *, digest_resolution_failed: bool = False) -> None:
        """Report a task that failed, and have another one started."""
        key = service_key(task)
        if not digest_resolution_failed and key in ecs._services:
            identifier, reason = task["taskArn"].rpartition("/")[2], task.get("stoppedReason") or "no reason is known"
            service = ecs._services[key]["serviceName"]
            failed = self.retries.fail(service_name(key), str(task.get("_deployment_id")))
            if task.get("stopCode") == "TaskFailedToStart":
                tell(key, f"(service {service}) failed to launch a task with (error {reason}).")
            else:
                tell(key, f"(service {service}) (task {identifier}) stopped: {reason}.")
            if failed == AT_ONCE + 1:
                tell(key, f"(service {service}) is unable to consistently start tasks successfully: {reason}.")
        with service_lock(key):
            count(task, digest_resolution_failed=digest_resolution_failed)

    def succeed(self, count: Callable[[str, Record], None], key: str, task: Record) -> None:
        """Hear that a task is healthy."""
        count(key, task)
        if task.get("_startup_stable"):
            self.retries.succeed(service_name(key))

    def stop(self, stop: Callable[[Data], Answer], data: Data) -> Answer:
        """Stop a task for a client; its service starts another one."""
        answer = stop(data)
        task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
        key = service_key(task or {})
        if key in ecs._services:
            ecs._reconcile_service_tasks(key.partition("/")[0], key)
        return answer

    @staticmethod
    def update(update: Callable[[Data], Answer], data: Data) -> Answer:
        """Change a service for a client: its new deployment is there before its tasks are counted."""
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        name, of_arn = ecs._resolve_service_ref(data.get("service", "")) or ("", None)
        with service_lock(f"{of_arn or cluster}/{name}"):
            return update(data)

    def _later(self, seconds: float, cluster: str, key: str) -> None:
        scope, name = (get_account_id(), get_region()), service_name(key)
        if name in self.waiting:
            return
        self.waiting.add(name)

        def reconcile() -> None:
            self.waiting.discard(name)
            with acting_in(*scope):
                ecs._reconcile_service_tasks(cluster, key)

        timer = threading.Timer(seconds, reconcile)
        timer.daemon = True
        timer.start()


def schedule_tasks(engine: Engine) -> None:
    """Have services start their tasks by our rules; call it after all else that concerns tasks is in place."""
    scheduler = _Scheduler(engine)
    ecs._run_task = ecs._ACTION_MAP["RunTask"] = partial(scheduler.run, ecs._run_task)
    ecs._ACTION_MAP["StopTask"] = partial(scheduler.stop, ecs._stop_task)
    ecs._update_service = ecs._ACTION_MAP["UpdateService"] = partial(scheduler.update, ecs._update_service)
    ecs._reconcile_service_tasks = partial(scheduler.reconcile, ecs._reconcile_service_tasks)
    ecs._record_service_task_failure = partial(scheduler.fail, ecs._record_service_task_failure)
    ecs._record_service_task_healthy = partial(scheduler.succeed, ecs._record_service_task_healthy)
    ecs._mark_task_stopped = partial(_mark_stopped, ecs._mark_task_stopped)
    ecs._make_deployment = partial(_make_deployment, ecs._make_deployment)


def tell(key: str, message: str) -> None:
    """Add an event to a service's; one that says the same as the newest takes its place."""
    events = ecs._services[key]["events"]
    if events and events[0]["message"] == message:
        del events[0]
    events.insert(0, {"id": new_uuid(), "createdAt": ecs._iso(), "message": message})
    del events[_MOST_EVENTS:]


def _mark_stopped(mark: Callable[..., bool], *what: Any, **more: Any) -> bool:  # noqa: ANN401 - MiniStack's own
    marked = mark(*what, **more)
    if marked:
        forget_old_tasks()
    return marked


def forget_old_tasks() -> None:
    """Forget stopped tasks after an hour, as ECS does, and the oldest where there are many."""
    by_group: dict[str, list[tuple[str, str]]] = {}
    for arn, task in list(ecs._tasks.items()):
        if task.get("lastStatus") == "STOPPED":
            by_group.setdefault(task.get("group", ""), []).append((str(task.get("stoppedAt") or ""), arn))
    oldest = (datetime.now(UTC) - _SHOWN_FOR).strftime("%Y-%m-%dT%H:%M:%S")
    for stopped in by_group.values():
        for place, (when, arn) in enumerate(sorted(stopped, reverse=True)):
            if place >= _MOST_STOPPED or when < oldest:
                ecs._tasks.pop(arn, None)
                ecs._tags.pop(arn, None)


def _make_deployment(make: Callable[..., Record], definition: str, desired: int, status: str = "PRIMARY") -> Record:
    """Make a deployment that is complete once its tasks run: MiniStack calls a service's first one complete at once."""
    made = make(definition, desired, status)
    if desired:
        made.update(rolloutState="IN_PROGRESS", rolloutStateReason="ECS deployment in progress.")
    return made
