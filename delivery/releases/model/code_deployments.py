"""The deployments of a service that CodeDeploy deploys, told in the words in which ECS tells of its own.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model.target import Target

BY_ROLL_BACK = "codeDeployRollback"
_STATES = {
    "Created": "PENDING",
    "Queued": "PENDING",
    "InProgress": "IN_PROGRESS",
    "Ready": "IN_PROGRESS",
    "Baking": "IN_PROGRESS",
    "Succeeded": "SUCCESSFUL",
}
_ROLLED_BACK = {"Succeeded": "ROLLBACK_SUCCESSFUL", "Failed": "ROLLBACK_FAILED", "Stopped": "ROLLBACK_FAILED"}
_MOST = 25
"""So many deployments are told of in one answer."""


def told(target: Target) -> Sequence[Mapping[str, Any]]:
    """Return what is known of the last two deployments, the newest first: the members of a ``Rollout``."""
    group = target.pipeline.deployment_group
    deploy = target.aws.codedeploy
    try:
        found = deploy.list_deployments(applicationName=group, deploymentGroupName=group)["deployments"]
        described = deploy.batch_get_deployments(deploymentIds=found[:_MOST])["deploymentsInfo"] if found else []
    except RefusedByAwsError:  # this only adds to a report that stands without it
        return []
    by_id = {one["deploymentId"]: one for one in described}
    newest = sorted(described, key=lambda one: one["createTime"], reverse=True)
    asked_for = [one for one in newest if one.get("creator") != BY_ROLL_BACK][:2]
    return [_told(target, one, by_id) for one in asked_for]


def _told(target: Target, info: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    back = by_id.get((info.get("rollbackInfo") or {}).get("rollbackDeploymentId", ""))
    status = _STATES.get(info["status"], "STOPPED")
    if back is not None:
        status = _ROLLED_BACK.get(back["status"], "ROLLBACK_IN_PROGRESS")
    ended = (back or info).get("completeTime")
    return {
        "arn": info["deploymentId"],
        "status": status,
        "reason": (info.get("errorInformation") or {}).get("message", ""),
        "started": info.get("startTime") or info["createTime"],
        "finished": ended,
        **(_progress(target, info["deploymentId"]) if status == "IN_PROGRESS" else {}),
    }


def _progress(target: Target, deployment: str) -> Mapping[str, Any]:
    """Return the lifecycle event that goes on, and the new tasks' share of the requests."""
    deploy = target.aws.codedeploy
    try:
        names = deploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
        found = deploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=names)["deploymentTargets"]
    except RefusedByAwsError:
        return {}
    for one in found:
        told_of = one.get("ecsTarget") or {}
        events = [
            event["lifecycleEventName"]
            for event in told_of.get("lifecycleEvents", ())
            if event.get("status") == "InProgress"
        ]
        sets = told_of.get("taskSetsInfo", ())
        share = next((each.get("trafficWeight") for each in sets if each.get("taskSetLabel") == "Green"), None)
        return {"stage": next(iter(events), ""), "share": share}
    return {}
