"""Finds the log streams of a service's tasks, as the awslogs driver names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model.deployed_service import MISSING
from delivery.releases.model.log_stream import LogStream
from delivery.releases.model.target import Target

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef


DRIVER = "awslogs"
MOST_TASKS = 20


def streams(target: Target) -> Mapping[str, LogStream]:
    """Return the streams of the tasks that run, by the task's id; where none runs, of those that stopped lately."""
    cluster, service = target.pipeline.cluster, target.pipeline.ecs_service
    for status in ("RUNNING", "STOPPED"):
        try:
            arns = target.aws.ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus=status)["taskArns"]
        except RefusedByAwsError as refusal:
            if refusal.code in MISSING:
                return {}
            raise
        if arns:
            tasks = target.aws.ecs.describe_tasks(cluster=cluster, tasks=arns[:MOST_TASKS])["tasks"]
            found = {task["taskArn"].rpartition("/")[2]: stream(target, task) for task in tasks}
            return {task: one for task, one in found.items() if one is not None}
    return {}


def stream(target: Target, task: TaskTypeDef) -> LogStream | None:
    """Return the stream of the task's main container, ``prefix/container/task-id``; ``None`` where it logs elsewhere.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    """
    name = target.pipeline.container
    answer = target.aws.ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])
    containers = answer["taskDefinition"].get("containerDefinitions", [])
    found = next((one for one in containers if one.get("name") == name), None)
    logging = found.get("logConfiguration") if found else None
    options = logging.get("options", {}) if logging and logging["logDriver"] == DRIVER else {}
    if "awslogs-group" not in options:
        return None
    task_id = task["taskArn"].rpartition("/")[2]
    return LogStream(
        target.aws, options["awslogs-group"], f"{options.get('awslogs-stream-prefix', '')}/{name}/{task_id}"
    )
