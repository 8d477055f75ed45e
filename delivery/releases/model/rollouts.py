"""How the last roll-outs of a service ended, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.releases.model import code_deployments
from delivery.releases.model.target import Target

SUCCEEDED, STARTING, BAKING = "SUCCESSFUL", "SCALE_UP", "BAKE_TIME"
STATES = {
    "PENDING": "waits",
    "IN_PROGRESS": "in progress",
    "SUCCESSFUL": "succeeded",
    "STOPPED": "stopped",
    "STOP_REQUESTED": "is being stopped",
    "ROLLBACK_REQUESTED": "failed, roll-back requested",
    "ROLLBACK_IN_PROGRESS": "failed, being rolled back",
    "ROLLBACK_SUCCESSFUL": "failed and was rolled back",
    "ROLLBACK_FAILED": "failed, and so did its roll-back",
}
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentBrief.html"""


@dataclass(frozen=True)
class Pause:
    """A hook that waits for a person; ``action`` is what ECS does at ``expires`` (CONTINUE or ROLLBACK)."""

    deployment: str
    """The service deployment's ARN."""
    hook: str
    expires: datetime | None
    action: str


@dataclass(frozen=True)
class Rollout:
    """One service deployment: ``status`` is ECS's own word, ``finished`` ``None`` while it goes on."""

    status: str
    reason: str
    started: datetime
    finished: datetime | None
    stage: str = ""
    """The lifecycle stage of one that goes on, in ECS's own word."""
    share: float | None = None
    """The new revision's share of the production traffic in percent, where ECS shifts it and it goes on."""
    pauses: Sequence[Pause] = ()
    arn: str = ""

    @property
    def starts_tasks(self) -> bool:
        """Whether it waits for tasks of the new revision, which get no request before all of them are healthy."""
        return self.stage == STARTING and self.share is not None

    @property
    def bakes(self) -> bool:
        """Whether the new revision has all requests, and is watched."""
        return self.stage == BAKING

    @property
    def progress(self) -> str:
        """How far one that goes on is, for a person; empty of one that has ended, or of which no more is known."""
        share = "" if self.share is None else f"{self.share:g} % of the requests"
        return ", ".join(one for one in (self.stage.replace("_", " ").lower(), share) if one)

    def waits_for_person(self, yes: str, no: str) -> str:
        """Say what it waits for at its first pause; ``yes`` and ``no`` are the command lines that answer."""
        pause = self.pauses[0]
        outcome = "it goes on" if pause.action == "CONTINUE" else "it is rolled back"
        otherwise = f"; at {pause.expires.astimezone():%H:%M:%S} {outcome}" if pause.expires else ""
        return f"The roll-out waits for a person ({self.progress}): {yes}, or {no}{otherwise}."


def last(target: Target) -> Sequence[Rollout]:
    """Return the last roll-out, and the one before it where that did not succeed; ECS keeps them for 90 days.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
    """
    if target.pipeline.deployment_group:
        told = [Rollout(**one) for one in code_deployments.told(target)]
        return [*told[:1], *(one for one in told[1:] if one.status != SUCCEEDED)]
    return of_service(target.aws, target.pipeline.cluster, target.pipeline.ecs_service)


def of_service(aws: Aws, cluster: str, service: str) -> Sequence[Rollout]:
    """Return the same of any service that ECS deploys itself."""
    try:
        found = aws.ecs.list_service_deployments(cluster=cluster, service=service)["serviceDeployments"]
    except RefusedByAwsError:  # this only adds to a report that stands without it
        return []
    newest = sorted(found, key=lambda one: one["createdAt"], reverse=True)[:2]
    read = [
        Rollout(
            one["status"],
            one.get("statusReason", ""),
            one.get("startedAt", one["createdAt"]),
            one.get("finishedAt"),
            arn=one["serviceDeploymentArn"],
        )
        for one in newest
    ]
    if newest and read[0].finished is None:
        read[0] = _with_progress(aws, read[0])
    return [*read[:1], *(one for one in read[1:] if one.status != SUCCEEDED)]


def going_on(target: Target) -> Rollout | None:
    """Return the roll-out that goes on."""
    newest = last(target)[:1]
    return newest[0] if newest and newest[0].finished is None else None


def _with_progress(aws: Aws, rollout: Rollout) -> Rollout:
    """Add how far a roll-out is; https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html."""
    arn = rollout.arn
    try:
        (one,) = aws.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    except (RefusedByAwsError, ValueError):
        return rollout
    pauses = [
        Pause(arn, hook.get("hookId", ""), hook.get("expiresAt"), hook.get("timeoutAction", ""))
        for hook in one.get("lifecycleHookDetails", ())
        if hook.get("status") == "AWAITING_ACTION"
    ]
    shifts = one.get("deploymentConfiguration", {}).get("strategy", "ROLLING") != "ROLLING"
    share = one.get("targetServiceRevision", {}).get("requestedProductionTrafficWeight") if shifts else None
    return replace(rollout, stage=one.get("lifecycleStage", ""), share=share, pauses=pauses)
