"""The deployments of CodeDeploy, as they are kept: what was asked for, how each stands, and what it led to."""

import secrets
import string
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.state.database import Database

CREATED, RUNNING, READY = "Created", "InProgress", "Ready"
SUCCEEDED, FAILED, STOPPED = "Succeeded", "Failed", "Stopped"
UNDER_WAY = frozenset({CREATED, "Queued", RUNNING, READY})
_LETTERS, _LENGTH = string.ascii_uppercase + string.digits, 9


@dataclass
class Deployment:
    """One deployment; ``info`` is DeploymentInfo of the API.

    ``ecs`` is the id that it has at ECS, empty before it began; ``execution`` is the pipeline execution that asked for
    it, ``follows`` the deployment whose roll-back this one is. ``events`` are the lifecycle events as the API shows
    them, ``task_sets`` the task sets that were seen last.
    """

    info: Json
    ecs: str = ""
    execution: str = ""
    follows: str = ""
    events: list[Json] = field(default_factory=list)
    task_sets: list[Json] = field(default_factory=list)
    hooks: dict[str, str] | None = None
    """Lambda functions by lifecycle event; ``None`` before the AppSpec was read."""
    asked: dict[str, Json] = field(default_factory=dict)
    """By lifecycle event: the id of its hook's execution, since when it runs, and how it stands."""
    changed: float = 0.0

    @property
    def id(self) -> str:
        """Its id, such as ``d-1A2B3C4D5``."""
        return str(self.info["deploymentId"])

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended."""
        return self.info["status"] in UNDER_WAY


class Deployments:
    """All deployments of an account and region, kept in the ``database``; ``told`` hears of each change."""

    def __init__(self, database: Database, told: Callable[[Json], None]) -> None:
        self._records = Records(database, "codedeploy/deployments")
        self._told = told

    def all(self) -> list[Deployment]:
        """Return all, the oldest first."""
        return [Deployment(**record) for record in self._records.all().values()]

    def find(self, identifier: object) -> Deployment:
        """Return a deployment, or refuse as AWS does."""
        if not identifier:
            raise ServiceError("DeploymentIdRequiredException", "The deployment ID must be specified.")
        if not str(identifier).startswith("d-"):
            raise ServiceError("InvalidDeploymentIdException", f"The deployment id {identifier} is not valid.")
        record = self._records.get(str(identifier))
        if record is None:
            message = f"The deployment {identifier} could not be found"
            raise ServiceError("DeploymentDoesNotExistException", message)
        return Deployment(**record)

    def begin(self, members: Mapping[str, Any], execution: str = "", follows: str = "", ecs: str = "") -> Deployment:
        """Keep a new deployment of a group that has none under way, or refuse as AWS does."""
        application, group = members["applicationName"], members["deploymentGroupName"]
        for other in self.all():
            named = (other.info["applicationName"], other.info["deploymentGroupName"])
            if named == (application, group) and other.is_under_way:
                message = f"The Deployment Group '{group}' already has an active Deployment '{other.id}'"
                raise ServiceError("DeploymentLimitExceededException", message)
        identifier = "d-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        info = {"deploymentId": identifier, "status": CREATED, "createTime": time.time(), **members}
        made = Deployment(info, execution=execution, follows=follows, ecs=ecs)
        self.keep(made)
        return made

    def keep(self, deployment: Deployment) -> None:
        """Keep a deployment as it is now."""
        deployment.changed = time.time()
        self._records.put(deployment.id, dict(vars(deployment)))
        self._told(deployment.info)
