"""Puts the rules of this room where MiniStack starts, judges and ends tasks."""

from collections.abc import Mapping
from typing import Any

from local_aws.ministack.cloudformation.stable_services import wait_for_services
from local_aws.ministack.ecs import (
    deployments,
    service_deployments,
    task_ends,
    task_logs,
    task_sets,
    task_starts,
    tasks,
)
from local_aws.ministack.ecs.rollouts.hooks import Hooks
from local_aws.ministack.ecs.rollouts.rollouts import Rollouts
from local_aws.ministack.ecs.tasks import RunningTask
from local_aws.platform.minute import minute
from local_aws.platform.request_validation import in_api_spelling
from local_aws.platform.service import ServiceError
from local_aws.process.server_record import StateFolder
from local_aws.services.ecs import database_route, service_wait
from local_aws.services.ecs.execution_role import ExecutionRole
from local_aws.services.ecs.health import TargetCheck, TargetHealth
from local_aws.services.ecs.options import docker_options
from local_aws.services.ecs.rollouts.roles import HookFunctions, InfrastructureRole
from local_aws.services.ecs.task_watcher import TaskView, watch


def install_rules(
    roles: ExecutionRole, infrastructure: InfrastructureRole, functions: HookFunctions, folder: StateFolder
) -> None:
    """Have tasks run under the rights of their execution role, and be watched; deployments go through their steps."""

    def check_rights(container: Mapping[str, Any], definition: Mapping[str, Any]) -> None:
        try:
            roles.check_secrets(container, definition)
            roles.check_log(container, definition)
        except ServiceError as error:
            raise ValueError(f"{error.code}: {error.message}") from None

    def login(image: str, definition: Mapping[str, Any]) -> dict[str, str] | None:
        try:
            return roles.registry_login(image, definition)
        except ServiceError as error:
            raise ValueError(f"{error.code}: {error.message}") from None

    engine = task_ends.watch_tasks()
    tasks.decide_with(
        tasks.Rules(
            options=docker_options,
            check_rights=check_rights,
            login=login,
            watch=lambda running: watch(_view(running)),
            variables=lambda told: database_route.changes(told, folder),
        ),
        engine,
    )
    task_sets.tell_of_task_sets()
    service_deployments.remember_service_deployments()
    deployments.forget_what_failed_and_is_gone()
    deployments.keep_healthy_tasks()
    Rollouts(minute(), infrastructure.refusal, Hooks(minute(), functions.answer)).install()
    task_starts.schedule_tasks(engine)
    task_logs.send_in_batches()
    tasks.keep_whole_definitions(lambda shape, properties: dict(in_api_spelling("ecs", shape, properties)))
    wait_for_services(engine.away, service_wait.patience())


def _view(running: RunningTask) -> TaskView:
    containers = running.definition["containerDefinitions"]
    return TaskView(
        name=running.record["taskArn"],
        is_active=running.is_active,
        container_health=running.container_health,
        essential=frozenset(one["name"] for one in containers if one.get("essential", True)),
        targets=[TargetHealth(_check(*target)) for target in running.targets()],
        grace_seconds=float(running.service.get("healthCheckGracePeriodSeconds") or 0),
        publish=lambda health, ready: running.publish(health, ready=ready),
        kill=running.replace,
    )


def _check(group: Mapping[str, Any], place: tuple[str, int], way: tuple[str, int]) -> TargetCheck:
    scheme = str(group.get("HealthCheckProtocol") or "HTTP").lower()
    return TargetCheck(
        address=f"{scheme}://{place[0]}:{place[1]}{group.get('HealthCheckPath') or '/'}",
        way=way,
        interval=float(group.get("HealthCheckIntervalSeconds") or 30),
        timeout=float(group.get("HealthCheckTimeoutSeconds") or 5),
        unhealthy_after=int(group.get("UnhealthyThresholdCount") or 2),
        codes=str((group.get("Matcher") or {}).get("HttpCode") or "200"),
    )
