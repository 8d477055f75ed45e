"""Finds the log streams of a service's tasks, as the awslogs driver names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.releases.log_stream import LogStream

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

    from delivery.releases.target import Target

DRIVER = "awslogs"


def stream(target: Target, task: TaskTypeDef) -> LogStream | None:
    """Give the stream of the task's main container, ``prefix/container/task-id``; ``None`` where it logs elsewhere.

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
