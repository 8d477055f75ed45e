"""How far a deployment has come, as MiniStack's records hold it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local_aws.services.ecs.rollouts.steps import ALL, BETWEEN, CLEAN_UP, SCALE_UP, Step, steps

ROLLOUT = "_rollout"
"""On a deployment, once its tasks are healthy: the number of its step, since when (epoch seconds), and whether it gets
all traffic at once, for there was no old task that ran."""
WANTED = "_wanted_by_code_deploy"
"""On a service that CodeDeploy deploys: the ``configuration`` of its deployment, in place of the service's own, and its
``balancing``, which stands for the advanced configuration of its load balancer."""
BEFORE = "_before_tasks"
"""On a deployment: the stages that it has yet to go through before its tasks start."""
RETURNING = "ECS deployment rollback in progress."
"""MiniStack's reason of the deployment that a roll-back goes back to."""

Record = dict[str, Any]


def stage_of(service: Mapping[str, Any], deployment: Mapping[str, Any]) -> tuple[str, float]:
    """Return a deployment's lifecycle stage, and its share of the production traffic in percent."""
    rollout = deployment.get(ROLLOUT)
    plan = plan_of(service, deployment)
    if waiting := deployment.get(BEFORE):
        return str(waiting[0]), 0.0
    if rollout is None or rollout["step"] < 0 or not plan:
        return SCALE_UP, 0.0
    step = plan[min(int(rollout["step"]), len(plan) - 1)]
    return (step.stage if rollout["step"] < len(plan) else CLEAN_UP), step.share


def plan_of(service: Mapping[str, Any], deployment: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return the steps of a deployment that is under way; none for a roll-back."""
    if deployment.get("rolloutStateReason") == RETURNING or deployment.get("rolloutState") != "IN_PROGRESS":
        return ()
    plan = steps(configuration_of(service))
    if not int(service["desiredCount"]):
        # Nothing runs, so there is nothing to watch.
        plan = tuple(replace(one, minutes=0) for one in plan)
    if not (deployment.get(ROLLOUT) or {}).get("at_once"):
        return plan
    return tuple(one for one in plan if one.share == ALL or one.stage in BETWEEN)


def configuration_of(service: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a service's ``deploymentConfiguration``, or what CodeDeploy wants instead."""
    wanted: Mapping[str, Any] = service.get(WANTED) or {}
    return wanted.get("configuration") or service.get("deploymentConfiguration") or {}


def serving_besides(service: Mapping[str, Any], besides: Mapping[str, Any]) -> Record | None:
    """Return the last deployment that was complete, apart from one."""
    return next(
        (one for one in service["deployments"] if one is not besides and one.get("rolloutState") == "COMPLETED"), None
    )


def deployment_arn(service: Mapping[str, Any], deployment: str) -> str:
    """Return the ARN of a service deployment, by the id of the deployment."""
    arn = str(service["serviceArn"]).replace(":service/", ":service-deployment/")
    return f"{arn}/{deployment.rpartition('/')[2]}"


def revision_arn(service: Mapping[str, Any], deployment: str) -> str:
    """Return the ARN of the service revision that a deployment brings, by the id of the deployment."""
    arn = str(service["serviceArn"]).replace(":service/", ":service-revision/")
    return f"{arn}/{deployment.rpartition('/')[2]}"
