"""How tasks end within MiniStack: as soon as the engine says that a container did, and with a reason.

MiniStack asks the engine for each container ten times a second, and takes one that is gone for one that runs.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ministack.core import container_reaper, responses
from ministack.core.concurrency import spawn_background
from ministack.services import ecs

from local_aws.ministack.adapter import Answer, acting_in
from local_aws.ministack.ecs.tasks import deregistration_seconds, service_key
from local_aws.services.ecs.engine import Engine, EngineAwayError

_REASON = "The local AWS ended while this task ran, and its containers were removed."
_SCHEDULED = "service:"


def tell_why_tasks_stopped() -> None:
    """Give each task that was restored as stopped, and was not before, a time and a reason; call it before any runs."""
    now = responses.now_iso()
    for task in ecs._tasks.all_values():
        if task.get("lastStatus") == "STOPPED" and not task.get("stoppedAt"):
            scheduled = str(task.get("group", "")).startswith(_SCHEDULED)
            task.update(
                desiredStatus="STOPPED",
                stoppedAt=now,
                executionStoppedAt=now,
                stoppedReason=_REASON,
                stopCode="ServiceSchedulerInitiated" if scheduled else "EssentialContainerExited",
            )
            for container in task.get("containers", []):
                container["lastStatus"] = "STOPPED"


_TASK_LABEL = "com.amazonaws.ecs.task-arn"
_SECONDS_FOR_THE_LAST_LINES = 2.0
"""A container that ended is removed so much later: what it wrote last is still being read."""

Record = dict[str, Any]


class _Listener:
    """Ends the tasks whose containers did, and has services start others; on threads of their own, as it takes time."""

    def changed(self, identifier: str) -> None:
        for scope, task in _tasks():
            if identifier in (task.get("_docker_ids") or ()):
                spawn_background(_judge, scope, task, thread_name="ecs-task-end")

    def came(self, client: Any) -> None:  # noqa: ANN401 - docker-py has no types
        spawn_background(_begin_anew, client, thread_name="ecs-engine-came")

    def went(self) -> None:
        spawn_background(_judge_all, thread_name="ecs-engine-went")


def watch_tasks() -> Engine:
    """Have the engine's word decide which tasks run; give the engine."""
    connect = ecs._get_docker
    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    label = f"{container_reaper.INSTANCE_LABEL}={container_reaper.instance_id()}"
    engine = Engine(address, lambda: connect() or _NoClient(), label, _Listener())
    ecs._get_docker = lambda: connect() or _NoClient()
    ecs._maybe_mark_stopped = partial(_end_if_over, engine)
    ecs._watch_task_lifecycle = _watch
    ecs._cleanup_task_resources = partial(_clean_up_later, engine, ecs._cleanup_task_resources)
    ecs._remove_docker_container = partial(_remove, engine, ecs._remove_docker_container)
    for action in ("DescribeServices", "DescribeTasks", "ListTasks"):
        ecs._ACTION_MAP[action] = partial(_after_a_look, ecs._ACTION_MAP[action])
    return engine


class _NoClient:
    """Stands for docker-py's client where there is no engine, so that no task counts as one that needs none."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any member of docker-py's client
        raise EngineAwayError(f"no Docker engine answers, so there are no {name}")


def _tasks() -> Iterable[tuple[tuple[str, str], Record]]:
    return [((account, region), task) for (account, region, _arn), task in ecs._tasks.all_items()]


def _judge(scope: tuple[str, str], task: Record) -> None:
    with acting_in(*scope):
        ecs._maybe_mark_stopped(task)


def _judge_all() -> None:
    for scope, task in _tasks():
        _judge(scope, task)


def _begin_anew(client: Any) -> None:  # noqa: ANN401 - docker-py has no types
    """Remove containers that were left by tasks that are over, and start what services miss."""
    _judge_all()
    active = {task["taskArn"] for _scope, task in _tasks() if task.get("lastStatus") != "STOPPED"}
    label = f"{container_reaper.INSTANCE_LABEL}={container_reaper.instance_id()}"
    left = client.api.containers(all=True, filters={"label": ["ministack=ecs", label]})
    for container in left:
        if (container.get("Labels") or {}).get(_TASK_LABEL) not in active:
            ecs._remove_docker_container(client, container["Id"])
    for (account, region, key), service in ecs._services.all_items():
        if service.get("status") == "ACTIVE":
            with acting_in(account, region):
                ecs._reconcile_service_tasks(key.partition("/")[0], key)


def _end_if_over(engine: Engine, task: Record, docker: Any = None) -> None:  # noqa: ANN401 - docker-py has no types
    """End a task whose essential containers, or all of them, don't run."""
    del docker
    identifiers = list(task.get("_docker_ids") or ())
    if task.get("lastStatus") != "RUNNING" or not identifiers or not ecs._task_is_active(task["taskArn"], task):
        return
    try:
        states = [engine.look(identifier) for identifier in identifiers]
    except EngineAwayError as error:
        _end(task, f"The container can't be inspected any more: {error}", "TerminationNotice", None)
        key = service_key(task)
        ecs._reconcile_service_tasks(key.partition("/")[0], key)
        return
    essential = [*(task.get("_container_essentials") or ()), *(True for _ in states)]
    ended = [place for place, state in enumerate(states) if not state.running]
    for place in ended:
        code = states[place].exit_code
        task["containers"][place].update(lastStatus="STOPPED", **({} if code is None else {"exitCode": code}))
    if len(ended) == len(states) or any(essential[place] for place in ended):
        codes = [states[place].exit_code for place in ended]
        known = [code for code in codes if code is not None]
        reason = "Essential container exited" + ("" if known else ": its container was removed")
        _end(task, reason, "EssentialContainerExited", max(known, default=None))


def _end(task: Record, reason: str, code: str, exit_code: int | None) -> None:
    if ecs._mark_task_stopped(task["taskArn"], task, reason, code, exit_code=exit_code):
        ecs._cleanup_task_resources(task, ecs._get_docker())


def _watch(task: Record, docker: Any, account: str, region: str) -> None:  # noqa: ANN401 - docker-py has no types
    """Hear of the task's containers from now on, as they may be over already; and have its deployment completed."""
    del docker
    _judge((account, region), task)
    key = service_key(task)
    if key:
        ecs._schedule_service_deployment_completion(key.partition("/")[0], key, account, region, healthy_task=task)


def _clean_up_later(engine: Engine, clean_up: Callable[..., None], task: Record, *docker: Any) -> None:  # noqa: ANN401 - the same
    """Remove a task's containers in the background, after the time that they are granted to finish requests."""
    pause = _pause_before_the_end(engine, task)

    def remove() -> None:
        time.sleep(pause)
        clean_up(task, *docker)

    threading.Thread(target=remove, daemon=True, name="ecs-clean-up").start()


def _remove(engine: Engine, remove: Callable[[Any, Any], None], docker: Any, container: Any) -> None:  # noqa: ANN401 - the same
    """Remove a container, and hear no more of it."""
    remove(docker, container)
    engine.forget(container if isinstance(container, str) else str(getattr(container, "id", "")))


def _pause_before_the_end(engine: Engine, task: Record) -> float:
    try:
        states = [engine.look(identifier) for identifier in task.get("_docker_ids") or ()]
    except EngineAwayError:
        return 0.0
    if any(state.running for state in states):
        return deregistration_seconds(task)
    return _SECONDS_FOR_THE_LAST_LINES if states else 0.0


def _after_a_look(describe: Callable[[Mapping[str, Any]], Answer], data: Mapping[str, Any]) -> Answer:
    """Describe services or tasks as the engine has them at this moment."""
    for task in list(ecs._tasks.values()):
        ecs._maybe_mark_stopped(task)
    for key, service in list(ecs._services.items()):
        if service.get("status") == "ACTIVE":
            ecs._refresh_service_state(key.partition("/")[0], f"service:{service['serviceName']}")
    return describe(data)
