"""The lifecycle events of a deployment to ECS, the task sets that it shows, and why it ended.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.ministack.ecs.code_deploy import Progress, group_name
from local_aws.platform.service import Json
from local_aws.services.ecs.rollouts.steps import BAKE, CLEAN_UP, SHIFT

_TEST = ("AllowTestTraffic", "AfterAllowTestTraffic")
_ENDED = ("Succeeded", "Failed", "Skipped")


def events(group: Mapping[str, Any]) -> list[Json]:
    """Return the events of a deployment of a group, before it begins."""
    pairs = (group.get("loadBalancerInfo") or {}).get("targetGroupPairInfoList") or [{}]
    tested = _TEST if pairs[0].get("testTrafficRoute") else ()
    names = ("BeforeInstall", "Install", "AfterInstall", *tested, "BeforeAllowTraffic", "AllowTraffic")
    return [{"lifecycleEventName": name, "status": "Pending"} for name in (*names, "AfterAllowTraffic")]


def advance(found: Sequence[Json], progress: Progress, hook: str = "") -> bool:
    """Bring events to what a deployment's progress says, or the ``hook`` that runs; tell whether any changed."""
    reached = "Install"
    if progress.status == "SUCCESSFUL" or (progress.is_under_way and progress.stage in {BAKE, CLEAN_UP}):
        reached = ""
    if hook:
        reached = hook
    elif progress.stage == SHIFT:
        reached = "AllowTraffic"
    elif progress.awaiting:
        reached = "BeforeAllowTraffic"
    changed, status = False, "Succeeded"
    for event in found:
        if event["lifecycleEventName"] == reached:
            status = "InProgress"
        changed |= _put(event, status)
        if status == "InProgress":
            break
    return changed


def fail(found: Sequence[Json], message: str) -> None:
    """End the events of a deployment that failed: the running one fails, those after it are skipped."""
    failed = False
    for event in found:
        if event["status"] not in _ENDED:
            _put(event, "Skipped" if failed else "Failed")
            if not failed:
                event["diagnostics"] = {"errorCode": "UnknownError", "message": message}
            failed = True


def task_sets(told: Sequence[Mapping[str, Any]], *, is_over: bool) -> list[Json]:
    """Return task sets as DeploymentTarget shows them; of two, the newer one is green."""
    return [
        {
            "identifer": one["id"],  # the API's spelling
            "desiredCount": one["computedDesiredCount"],
            "pendingCount": one["pendingCount"],
            "runningCount": one["runningCount"],
            "status": one["status"],
            "trafficWeight": one["_share"],
            "targetGroup": {"name": group_name(str((one["loadBalancers"] or [{}])[0].get("targetGroupArn", "")))},
            "taskSetLabel": "Green" if number == 0 and not is_over else "Blue",
        }
        for number, one in enumerate(told)
    ]


def _put(event: Json, status: str) -> bool:
    if event["status"] == status or event["status"] in _ENDED:
        return False
    now = time.time()
    event["status"] = status
    event.setdefault("startTime", now)
    if status in _ENDED:
        event["endTime"] = now
    return True


ON_FAILURE, ON_ALARM, ON_REQUEST = "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"
TOO_LATE = (
    "The deployment timed out while waiting for the replacement task set to become healthy. "
    "This time out period is 60 minutes."
)
BY_REQUEST = "a request to stop it."
_ALARM, _BECAUSE = "because of alarm detected: ", "because of "
_ALARMS = (
    "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected "
    "deployments have been stopped. Activated alarms: "
)


def cause(reason: str) -> tuple[str, str, str]:
    """Return the ErrorCode, the sentence and the event of a deployment that ECS gave up for a reason of its own."""
    if reason.startswith(_ALARM):
        return "ALARM_ACTIVE", f"{_ALARMS}{reason.removeprefix(_ALARM)}", ON_ALARM
    if BY_REQUEST in reason:
        return "MANUAL_STOP", "The deployment was stopped by a request.", ON_REQUEST
    if "a lifecycle hook that timed out" in reason:
        sentence = "Nobody had the traffic be rerouted before the wait time of the deployment was over."
        return "TIMEOUT", sentence, ON_REQUEST
    if "because of The hook " in reason:
        return "HOOK_EXECUTION_FAILURE", reason.removeprefix(_BECAUSE), ON_FAILURE
    if "not authorized" in reason or "assume" in reason:
        return "IAM_ROLE_PERMISSIONS", reason.removeprefix(_BECAUSE), ON_FAILURE
    return "ECS_UPDATE_ERROR", reason.removeprefix(_BECAUSE) or "The deployment was replaced at ECS.", ON_FAILURE


def is_wanted(info: Mapping[str, Any], event: str) -> bool:
    """Return whether a deployment's settings ask for a roll-back on an event."""
    asked = info.get("autoRollbackConfiguration") or {}
    return bool(asked.get("enabled")) and event in (asked.get("events") or ())


def members(failed: Json) -> Json:
    """Return the members of the deployment that takes a failed one back."""
    kept = {name: value for name, value in failed.items() if name not in _OF_ONE}
    return {
        **kept,
        "revision": failed.get("previousRevision") or failed["revision"],
        "creator": "codeDeployRollback",
        "description": f"Deployment created as the roll-back of {failed['deploymentId']}",
        "rollbackInfo": {"rollbackTriggeringDeploymentId": failed["deploymentId"]},
    }


_OF_ONE = frozenset(
    {"completeTime", "createTime", "deploymentId", "errorInformation", "rollbackInfo", "startTime", "status"}
)
"""Members of a deployment that are its own alone."""
