"""What CodeDeploy sees and does of a service's deployment within MiniStack, once it has begun."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ministack.services import alb, ecs

from local_aws.ministack.ecs import service_deployments, tasks
from local_aws.ministack.ecs.rollouts import hooks, rollouts
from local_aws.ministack.ecs.rollouts.progress import ROLLOUT, plan_of
from local_aws.services.ecs.rollouts.steps import BAKE

FOR_HOOKS = "CONTINUE"
"""What tells a pause that is there for CodeDeploy's hooks from a wait for a person: what ECS would do in the end."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """How far a deployment is, as DescribeServiceDeployments would tell; ``awaiting`` is a pause before the shift."""

    status: str
    stage: str
    reason: str
    awaiting: bool
    waits_for_hooks: bool = False
    """A pause that hooks of CodeDeploy's end."""

    @property
    def is_under_way(self) -> bool:
        """Whether it goes on by itself."""
        return self.status == "IN_PROGRESS"


def progress(service: Record, deployment: str) -> Progress | None:
    """Return how a deployment stands, by its id; None where it is not known any more."""
    told = service_deployments.described(service, deployment)
    if told is None:
        return None
    paused = {hook["timeoutAction"] for hook in told["lifecycleHookDetails"] if hook["status"] == hooks.AWAITING}
    return Progress(
        told["status"],
        told["lifecycleStage"],
        service_deployments.failure_of(service, deployment),
        awaiting=bool(paused - {FOR_HOOKS}),
        waits_for_hooks=FOR_HOOKS in paused,
    )


def group_arns(names: Sequence[str]) -> dict[str, str]:
    """Return the ARNs of target groups, by the names that exist."""
    return {group["TargetGroupName"]: arn for arn, group in list(alb._tgs.items()) if group["TargetGroupName"] in names}


def group_name(arn: str) -> str:
    """Return the name of a target group."""
    return str((alb._tgs.get(arn) or {}).get("TargetGroupName", ""))


def definition_arn(name: str) -> str:
    """Return the ARN of a revision that exists; empty where there is none."""
    found = tasks.definition(name)
    return str(found.get("taskDefinitionArn") or "") if found.get("status", "ACTIVE") == "ACTIVE" else ""


def roles_of(definition: str) -> list[str]:
    """Return the roles of a task definition."""
    found = tasks.definition(definition)
    return [str(found[name]) for name in ("taskRoleArn", "executionRoleArn") if found.get(name)]


def give_up(service: Mapping[str, Any], reason: str) -> None:
    """End the deployment that is under way as failed, and bring the revision of before back."""
    cluster = ecs._cluster_name_from_arn(service["clusterArn"])
    rollouts.give_up(f"{cluster}/{service['serviceName']}", reason, back=True)


def shift_now(service: Mapping[str, Any]) -> bool:
    """End the wait before the shift; tell whether there was one."""
    return _go_on(service, lambda action: action != FOR_HOOKS)


def end_hooks(service: Mapping[str, Any]) -> None:
    """End the pause that was there for hooks."""
    _go_on(service, lambda action: action == FOR_HOOKS)


def _go_on(service: Mapping[str, Any], wanted: Callable[[str], bool]) -> bool:
    primary = ecs._primary_deployment(service)
    waiting = [
        one["hookId"]
        for one in hooks.shown(primary)
        if one["status"] == hooks.AWAITING and wanted(one["timeoutAction"])
    ]
    for identifier in waiting:
        hooks.answer_pause(primary, identifier, goes_on=True)
    return bool(waiting)


def end_now(service: Mapping[str, Any]) -> bool:
    """End the wait before the tasks of before end; tell whether there was one."""
    primary = ecs._primary_deployment(service) or {}
    plan, rollout = plan_of(service, primary), primary.get(ROLLOUT)
    if not rollout or not 0 <= rollout["step"] < len(plan) or plan[rollout["step"]].stage != BAKE:
        return False
    rollout["since"] = 0.0
    return True
