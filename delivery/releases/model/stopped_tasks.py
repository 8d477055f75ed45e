"""The tasks of a service that stopped last: why, and what they wrote before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model import task_logs
from delivery.releases.model.target import Target
from reporting.printable import printable

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ContainerTypeDef, TaskTypeDef


MOST_TASKS = 2
LAST_LINES = 10


@dataclass(frozen=True)
class StoppedTask:
    """A task that ended. ``lines`` are the last that it wrote."""

    id: str
    reason: str
    lines: Sequence[str]


def read(target: Target) -> Sequence[StoppedTask]:
    """Return the tasks that stopped last, the newest first; ECS forgets them after an hour.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
    """
    return [_task(target, task) for task in _newest(target)[:MOST_TASKS]]


def reason_since(target: Target, moment: datetime) -> str:
    """Return why the task that stopped last did, if it began after a moment; empty where none did."""
    begun = [task for task in _newest(target) if task.get("createdAt", moment) > moment]
    return _reason(target, begun[0]) if begun else ""


def _newest(target: Target) -> Sequence[TaskTypeDef]:
    cluster, service = target.pipeline.cluster, target.pipeline.ecs_service
    try:
        arns = target.aws.ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="STOPPED")["taskArns"]
        tasks = target.aws.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    except RefusedByAwsError:  # this only adds to a report that stands without it
        return []
    return sorted(tasks, key=lambda task: str(task.get("stoppedAt", "")), reverse=True)


def _task(target: Target, task: TaskTypeDef) -> StoppedTask:
    written = task_logs.stream(target, task)
    return StoppedTask(
        id=task["taskArn"].rpartition("/")[2],
        reason=_reason(target, task),
        lines=[printable(line) for line in written.last(LAST_LINES)] if written else [],
    )


def _reason(target: Target, task: TaskTypeDef) -> str:
    none: ContainerTypeDef = {}
    container = next((one for one in task.get("containers", []) if one.get("name") == target.pipeline.container), none)
    code = container.get("exitCode")
    parts = [task.get("stoppedReason", ""), container.get("reason", ""), "" if code is None else f"exit code {code}"]
    return "; ".join(filter(None, parts)) or "no reason given"
