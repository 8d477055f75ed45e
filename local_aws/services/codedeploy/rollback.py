"""Why a deployment ended, in CodeDeploy's words, and whether it is rolled back.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
"""

from collections.abc import Mapping
from typing import Any

from local_aws.platform.service import Json

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
