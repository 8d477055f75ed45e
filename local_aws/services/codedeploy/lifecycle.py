"""The lifecycle events of a deployment to ECS, and the task sets that it shows.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
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
