"""ECS within MiniStack: where tasks start, are judged, get traffic and end, so that rules of ours decide there."""

import contextvars
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ministack.services import alb, ecs, ssm

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.cloudformation.stacks import Properties, after_resource
from local_aws.ministack.ecs import task_sets
from local_aws.ministack.ecs.published_ports import Place, publish_ports, reached_at
from local_aws.ministack.ecs.rollouts.target_groups import group_of
from local_aws.services.ecs.engine import Engine, EngineAwayError

Definition = Mapping[str, Any]

_READY, _SECONDS_BETWEEN_LOOKS = "_ready_for_traffic", 0.2
_WHOLE = (
    "DeploymentConfiguration",
    "DeploymentController",
    "EnableECSManagedTags",
    "EnableExecuteCommand",
    "HealthCheckGracePeriodSeconds",
    "LoadBalancers",
    "PlatformVersion",
)
"""Properties of a service that MiniStack drops or spells wrongly."""
_launching: contextvars.ContextVar[Definition] = contextvars.ContextVar("launching", default=MappingProxyType({}))
"""The task definition of the task that this thread starts, with the task's ARN."""


@dataclass(frozen=True)
class Rules:
    """What decides: options for Docker, rights to secrets and logs, a login for a pull, and how a task is watched.

    ``check_rights`` and ``login`` raise ``ValueError`` with the reason for which the task does not start.
    """

    options: Callable[[Definition, Definition], dict[str, Any]]
    check_rights: Callable[[Definition, Definition], None]
    login: Callable[[str, Definition], dict[str, str] | None]
    watch: Callable[["RunningTask"], None]
    variables: Callable[[Mapping[str, str]], Mapping[str, str]]
    """Gives, for what a container is told, what it is told instead."""


@dataclass(frozen=True)
class RunningTask:
    """One task of a service, running in Docker."""

    record: dict[str, Any]
    definition: Definition
    service: dict[str, Any]
    engine: Engine
    account_id: str
    region: str

    def is_active(self) -> bool:
        """Return whether the task runs on."""
        with acting_in(self.account_id, self.region):
            return bool(ecs._task_is_active(self.record["taskArn"], self.record))

    def container_health(self) -> dict[str, str]:
        """Give Docker's word on each container, by name: healthy, unhealthy, starting, or empty for no check."""
        names = [container["name"] for container in self.definition["containerDefinitions"]]
        return {
            name: self._health_of(identifier)
            for name, identifier in zip(names, self.record.get("_docker_ids") or [], strict=False)
        }

    def _health_of(self, identifier: str) -> str:
        try:
            state = self.engine.look(identifier)
        except EngineAwayError:
            return "starting"
        # A container that ended by itself ends the task, whatever its health.
        return state.health if state.running else "starting"

    def targets(self) -> list[tuple[dict[str, Any], Place, Place]]:
        """Give (target group, place, way there) of each load balancer that asks this task whether it is well."""
        address = ecs._task_ip(self.record) or self.record.get("_container_ip")
        with acting_in(self.account_id, self.region):
            groups = [
                (
                    group_of(self.service, str(self.record.get("_deployment_id")), each),
                    int(each.get("containerPort", 80)),
                )
                for each in self.service.get("loadBalancers") or []
            ]
            places = [
                (alb._tgs[group], (str(address), _health_port(alb._tgs[group], port)))
                for group, port in groups
                if address and group in alb._tgs
            ]
            return [(group, place, reached_at(*place)) for group, place in places]

    def publish(self, health: dict[str, str], *, ready: bool) -> None:
        """Keep what is known of the task's health, and send traffic to it or none."""
        words = {"healthy": "HEALTHY", "unhealthy": "UNHEALTHY"}
        for container in self.record.get("containers", []):
            container["healthStatus"] = words.get(health.get(container["name"], ""), "UNKNOWN")
        checked = [words.get(state, "UNKNOWN") for state in health.values() if state]
        self.record["healthStatus"] = min(checked, default="UNKNOWN")
        self.record[_READY] = ready
        with acting_in(self.account_id, self.region):
            ecs._sync_service_targets(ecs._cluster_name_from_arn(self.record["clusterArn"]), self.service)

    def replace(self, reason: str) -> None:
        """End the task as failed: its deployment's circuit breaker counts it, and the service starts another."""
        with acting_in(self.account_id, self.region):
            ecs._mark_task_stopped(self.record["taskArn"], self.record, reason, "EssentialContainerExited", 137)
            ecs._cleanup_task_resources(self.record, ecs._get_docker())


def _health_port(group: Mapping[str, Any], port: int) -> int:
    """Return the port that a target group asks about health, of a target whose traffic goes to ``port``."""
    own = str(group.get("HealthCheckPort") or "traffic-port")
    return int(own) if own.isdigit() else port


def decide_with(rules: Rules, engine: Engine) -> None:
    """Put rules in the places where MiniStack starts, judges and ends tasks."""
    _start_with(rules)
    publish_ports()
    _judge_with(rules, engine)


def _start_with(rules: Rules) -> None:
    start, options = ecs._start_task_worker, ecs._build_run_kwargs
    secrets, login = ecs._resolve_container_secrets, ecs._resolve_repository_credentials

    def start_task_worker(task: dict[str, Any], definition: Definition, overrides: Any, docker: Any) -> None:  # noqa: ANN401
        token = _launching.set({**definition, "taskArn": task["taskArn"]})
        try:
            start(task, definition, overrides, docker)
        finally:
            _launching.reset(token)

    def build_run_kwargs(container: Definition, definition: Definition, *rest: Any) -> dict[str, Any]:  # noqa: ANN401
        return {**options(container, definition, *rest), **rules.options(container, definition)}

    def resolve_container_secrets(container: Definition) -> Any:  # noqa: ANN401
        try:
            rules.check_rights(container, _launching.get())
        except ValueError as error:
            raise ecs._SecretResolutionError(str(error)) from None
        values = {**secrets({**container, "secrets": _kept_elsewhere(container)}), **_parameters(container)}
        told = {one["name"]: str(one.get("value", "")) for one in container.get("environment") or []}
        return {**values, **rules.variables({**told, **values})}

    def resolve_repository_credentials(container: Definition) -> Any:  # noqa: ANN401
        try:
            own = rules.login(str(container["image"]), _launching.get())
        except ValueError as error:
            raise ecs._ImagePullError(str(error)) from None
        return own or login(container)

    ecs._start_task_worker, ecs._build_run_kwargs = start_task_worker, build_run_kwargs
    ecs._resolve_container_secrets = resolve_container_secrets
    ecs._resolve_repository_credentials = resolve_repository_credentials


def _kept_elsewhere(container: Definition) -> list[dict[str, str]]:
    """Return the container's secrets that are no parameters of SSM."""
    return [secret for secret in container.get("secrets") or [] if ":secretsmanager:" in secret.get("valueFrom", "")]


def _parameters(container: Definition) -> dict[str, str]:
    """Return the values of the container's secrets that are parameters, decrypted, by the variables that get them."""
    elsewhere, values = _kept_elsewhere(container), {}
    for secret in container.get("secrets") or []:
        if secret in elsewhere:
            continue
        value = ssm.resolve_parameter_value(secret["valueFrom"], decrypt=True)
        if value is None:
            name = secret["valueFrom"].rpartition(":parameter")[2]
            raise ecs._SecretResolutionError(f"unable to retrieve secrets from ssm: invalid parameters: {name}")
        values[secret["name"]] = str(value)
    return values


def definition(name: str) -> Definition:
    """Return a task definition by ``family``, ``family:revision`` or ARN; empty where there is none."""
    found: Definition = ecs._task_defs.get(ecs._resolve_td_key(name)) or {}
    return found


def _judge_with(rules: Rules, engine: Engine) -> None:
    watch, healthy, address = ecs._watch_task_lifecycle, ecs._record_service_task_healthy, ecs._task_ip

    def watch_task_lifecycle(task: dict[str, Any], docker: Any, account_id: str, region: str) -> None:  # noqa: ANN401
        with acting_in(account_id, region):
            service = ecs._services.get(service_key(task))
            definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"]))
        if service is not None and definition is not None:
            running = RunningTask(task, definition, service, engine, account_id, region)
            threading.Thread(target=rules.watch, args=(running,), daemon=True, name="task-health").start()
        watch(task, docker, account_id, region)

    def record_service_task_healthy(key: str, task: dict[str, Any]) -> None:
        while not task.get(_READY) and task.get("_docker_ids") and ecs._task_is_active(task.get("taskArn"), task):
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        healthy(key, task)

    def task_ip(task: dict[str, Any]) -> Any:  # noqa: ANN401
        return address(task) if task.get(_READY) or not task.get("_docker_ids") else None

    ecs._watch_task_lifecycle = watch_task_lifecycle
    ecs._record_service_task_healthy = record_service_task_healthy
    ecs._task_ip = task_ip


def service_key(task: Mapping[str, Any]) -> str:
    """Return the key of the service that a task is of, CLUSTER/SERVICE; empty for none."""
    cluster = ecs._cluster_name_from_arn(task.get("clusterArn", ""))
    kind, _, name = str(task.get("group", "")).partition(":")
    return f"{cluster}/{name}" if kind == "service" else ""


def is_ready(task: Mapping[str, Any]) -> bool:
    """Return whether a task runs and is healthy, by its containers' checks and its load balancers'."""
    return task.get("lastStatus") == "RUNNING" and bool(task.get(_READY))


def deregistration_seconds(task: Mapping[str, Any]) -> float:
    """Return the time for which a task that gets no new traffic may finish its requests, before its containers end."""
    service = ecs._services.get(service_key(task)) or {}
    if not task.get(_READY):
        return 0.0
    granted = [
        float(attribute["Value"])
        for each in service.get("loadBalancers") or []
        for attribute in alb._tg_attrs.get(each.get("targetGroupArn")) or []
        if attribute["Key"] == "deregistration_delay.timeout_seconds"
    ]
    return max(granted, default=0.0)


def keep_whole_definitions(read: Callable[[str, Properties], dict[str, Any]]) -> None:
    """Have stacks keep all members of task definitions and services, as ``read(shape, properties)`` spells them."""

    def definition(arn: str, properties: Properties) -> None:
        declared = {key: value for key, value in properties.items() if key != "Tags"}
        record = ecs._task_defs[arn.rpartition("/")[2]]
        record.update(read("RegisterTaskDefinitionRequest", {"Family": record["family"], **declared}))

    def service(arn: str, properties: Properties) -> None:
        declared = {name: properties[name] for name in _WHOLE if name in properties}
        cluster, _, name = arn.partition(":service/")[2].rpartition("/")
        record = ecs._services.get(f"{cluster}/{name}")
        if record is not None:
            record.update(read("CreateServiceRequest", declared))
            task_sets.take_over(record)

    after_resource("AWS::ECS::TaskDefinition", definition)
    after_resource("AWS::ECS::Service", service)
