"""The applications of CodeDeploy, their deployment groups, and the revisions that were registered.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
"""

import json
import time
import uuid

from aws_facts import facts
from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codedeploy.configurations import Configurations, check_platform
from local_aws.state.database import Database

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


class Applications:
    """All of them, of an account and region, kept in the ``database``."""

    def __init__(self, database: Database, configurations: Configurations) -> None:
        self._applications = Records(database, "codedeploy/applications")
        self._groups = Records(database, "codedeploy/groups")
        self._revisions = Records(database, "codedeploy/revisions")
        self._configurations = configurations

    def names(self) -> list[str]:
        """Return the names of all applications."""
        return list(self._applications.all())

    def find(self, name: object) -> Json:
        """Return an application, as GetApplication shows it; refuse where there is none."""
        found = self._applications.get(str(name))
        if found is None:
            raise ServiceError("ApplicationDoesNotExistException", f"No application found for name: {name}")
        return found

    def create(self, request: Json) -> Json:
        """Make an application of the members of CreateApplication."""
        name, platform = request["applicationName"], request.get("computePlatform", "Server")
        if self._applications.get(name) is not None:
            raise ServiceError("ApplicationAlreadyExistsException", f"Application already exists: {name}")
        check_platform(platform)
        made = {
            "applicationId": str(uuid.uuid4()),
            "applicationName": name,
            "createTime": time.time(),
            "linkedToGitHub": False,
            "computePlatform": platform,
        }
        self._applications.put(name, made)
        return made

    def delete(self, name: str) -> None:
        """Forget an application with its groups and revisions; one that does not exist is no error, as on AWS."""
        for records in (self._groups, self._revisions):
            records.delete(*(key for key in records.all() if key.startswith(f"{name}/")))
        self._applications.delete(name)

    def group_names(self, application: str) -> list[str]:
        """Return the names of an application's groups."""
        return [one["deploymentGroupName"] for one in self._groups.all().values() if _is_of(one, application)]

    def find_group(self, application: object, name: object) -> Json:
        """Return a deployment group, as GetDeploymentGroup shows it; refuse where there is none."""
        self.find(application)
        found = self._groups.get(f"{application}/{name}")
        if found is None:
            message = f"No Deployment Group found for name: {name}"
            raise ServiceError("DeploymentGroupDoesNotExistException", message)
        return found

    def create_group(self, request: Json) -> Json:
        """Make a group of the members of CreateDeploymentGroup."""
        application = self.find(request["applicationName"])
        key = f"{request['applicationName']}/{request['deploymentGroupName']}"
        if self._groups.get(key) is not None:
            message = f"Deployment group already exists: {request['deploymentGroupName']}"
            raise ServiceError("DeploymentGroupAlreadyExistsException", message)
        members = {name: value for name, value in request.items() if name != "tags"}
        group = {
            "deploymentGroupId": str(uuid.uuid4()),
            "computePlatform": application["computePlatform"],
            "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
            **members,
        }
        return self._put_group(key, group)

    def update_group(self, request: Json) -> Json:
        """Change a group by the members of UpdateDeploymentGroup."""
        application, name = request["applicationName"], request["currentDeploymentGroupName"]
        before = self.find_group(application, name)
        named = request.get("newDeploymentGroupName") or name
        changed = {key: value for key, value in request.items() if not key.endswith("DeploymentGroupName")}
        group = self._put_group(f"{application}/{named}", {**before, **changed, "deploymentGroupName": named})
        if named != name:
            self._groups.delete(f"{application}/{name}")
        return group

    def delete_group(self, application: object, name: object) -> None:
        """Forget a group; one that does not exist is no error, as on AWS."""
        self._groups.delete(f"{application}/{name}")

    def told(self, deployment: Json) -> None:
        """Have a deployment's group show how its last deployment went."""
        key = f"{deployment['applicationName']}/{deployment['deploymentGroupName']}"
        if self._groups.get(key) is None:
            return
        last = {
            "deploymentId": deployment["deploymentId"],
            "status": deployment["status"],
            "createTime": deployment["createTime"],
            **({"endTime": deployment["completeTime"]} if "completeTime" in deployment else {}),
        }
        shown: Json = {"lastAttemptedDeployment": last}
        if deployment["status"] == "Succeeded":
            shown |= {"lastSuccessfulDeployment": last, "targetRevision": deployment["revision"]}
        self._groups.change(key, lambda group: group.update(shown))

    def register(self, application: str, revision: Json, description: str = "") -> Json:
        """Register a revision, or note that it was used again; give what GetApplicationRevision tells of it."""
        self.find(application)
        key, now = f"{application}/{_key(revision)}", time.time()
        known = self._revisions.get(key)
        kept = known or {"revision": revision, "revisionInfo": {"registerTime": now}}
        if description:
            kept["revisionInfo"]["description"] = description
        self._revisions.put(key, kept)
        return kept

    def revision(self, application: str, revision: Json) -> Json:
        """Return a registered revision, or refuse."""
        self.find(application)
        found = self._revisions.get(f"{application}/{_key(revision)}")
        if found is None:
            raise ServiceError("RevisionDoesNotExistException", "No application revision found for the location.")
        return found

    def revisions(self, application: str) -> list[Json]:
        """Return the locations of an application's revisions."""
        self.find(application)
        prefix = f"{application}/"
        return [one["revision"] for key, one in self._revisions.all().items() if key.startswith(prefix)]

    def _put_group(self, key: str, group: Json) -> Json:
        check_group(group)
        self._configurations.find(group["deploymentConfigName"])
        self._groups.put(key, group)
        return group


def _is_of(group: Json, application: str) -> bool:
    return bool(group["applicationName"] == application)


def _key(revision: Json) -> str:
    return json.dumps(revision, sort_keys=True)
