"""Makes what the build of the action Migrate is told, and what it may do.

It runs one task of the new image before that image is deployed. Look at the rights: they are those of the pipeline's
own deployment, for a family of task definitions of its own, and the pipeline's role has none of them.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn

from settings.delivery import Build, Delivery
from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions

LOG_PREFIX = "migrations"
"""As the buildspec has it."""
_BUILDSPEC = Path(__file__).with_name("migrate.buildspec.yml").read_text("utf-8")
_MINUTES_AROUND = 5
"""What the build has beside the migration's own time, to tell how it went."""


def build(delivery: Delivery) -> Build:
    """Return the project's settings; its buildspec is a text."""
    minutes = delivery.migrations.timeout_minutes if delivery.migrations else 0
    return Build(_BUILDSPEC, minutes + _MINUTES_AROUND, containers=False)


def variables(project: Project, service: Service) -> dict[str, Any]:
    """Return what the buildspec wants to know."""
    migrations = service.delivered.migrations
    return {
        "CLUSTER": project.runtime.cluster,
        "SERVICE": service.name,
        "FAMILY": _family(service),
        "COMMAND": json.dumps(migrations.command if migrations else []),
        "LOG_GROUP": service.log_group,
        "MOST_SECONDS": str(60 * migrations.timeout_minutes if migrations else 0),
    }


def rights(project: Project, service: Service, task_roles: tuple[AWSHelperFn, AWSHelperFn]) -> Sequence[Statement]:
    """Return what the build may do."""
    definitions, cluster = arns.task_definitions(_family(service)), project.runtime.cluster
    return [
        permissions.see_service(arns.ecs_service(cluster, service.name)),
        permissions.read_task_definitions(),
        permissions.register_task_definition(definitions),
        permissions.run_task(definitions, arns.ecs_cluster(cluster)),
        permissions.pass_task_roles(task_roles),
        permissions.follow_tasks(arns.tasks_of(cluster)),
        permissions.read_log(arns.log_streams_of(service.log_group, LOG_PREFIX)),
    ]


def _family(service: Service) -> str:
    return f"{service.task_family}-migrations"
