"""The applications of CodeDeploy, their deployment groups, and the revisions that were registered with them.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
"""

import json
import time
import uuid

from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codedeploy.configurations import Configurations, check_platform
from local_aws.services.codedeploy.group_rules import check_group
from local_aws.state.database import Database


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
