"""What CodeDeploy refuses in a deployment group for ECS, and what the AWS on this machine does not run.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
"""

from aws_facts import facts
from local_aws.platform.service import Json, ServiceError

_PAIR, _ENDED = 2, "terminateBlueInstancesOnDeploymentSuccess"


def check_group(group: Json) -> None:
    """Raise ``ServiceError`` for the first fault of a group."""
    style = group.get("deploymentStyle") or {}
    wanted = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
    if style != wanted:
        message = "For ECS deployment group, deployment type must be BLUE_GREEN and option WITH_TRAFFIC_CONTROL."
        raise ServiceError("InvalidDeploymentStyleException", message)
    if len(group.get("ecsServices") or ()) != 1:
        raise ServiceError("InvalidECSServiceException", "A deployment group for ECS must have one ECS service.")
    _check_targets((group.get("loadBalancerInfo") or {}).get("targetGroupPairInfoList") or [])
    _check_waits(group.get("blueGreenDeploymentConfiguration") or {})


def _check_targets(pairs: list[Json]) -> None:
    names = [one.get("name") for pair in pairs for one in pair.get("targetGroups") or ()]
    if len(pairs) != 1 or len(names) != _PAIR or names[0] == names[1]:
        message = "A deployment group for ECS must have one pair of two different target groups."
        raise ServiceError("InvalidTargetGroupPairException", message)
    if len((pairs[0].get("prodTrafficRoute") or {}).get("listenerArns") or ()) != 1:
        message = "The pair of target groups must have a production traffic route with one listener."
        raise ServiceError("InvalidTargetGroupPairException", message)


def _check_waits(blue_green: Json) -> None:
    ready = blue_green.get("deploymentReadyOption") or {}
    ended = blue_green.get(_ENDED) or {}
    if not ready or not ended:
        message = f"For ECS deployment group, deploymentReadyOption and {_ENDED} must be specified."
        raise ServiceError("InvalidBlueGreenDeploymentConfigurationException", message)
    if ended.get("action", "TERMINATE") != "TERMINATE":
        message = f"The AWS on this machine ends the tasks of before: set the action of {_ENDED} to TERMINATE."
        raise ServiceError("InvalidBlueGreenDeploymentConfigurationException", message)
    waits = (ready.get("waitTimeInMinutes") or 0, ended.get("terminationWaitTimeInMinutes") or 0)
    most = int(facts("codedeploy")["longest_wait_minutes"])
    if not all(0 <= wait <= most for wait in waits):
        message = f"A wait of a deployment group must be of 0 to {most} minutes."
        raise ServiceError("InvalidBlueGreenDeploymentConfigurationException", message)
    if ready.get("actionOnTimeout") == "STOP_DEPLOYMENT" and not ready.get("waitTimeInMinutes"):
        message = "STOP_DEPLOYMENT needs a waitTimeInMinutes of 1 or more."
        raise ServiceError("InvalidBlueGreenDeploymentConfigurationException", message)
