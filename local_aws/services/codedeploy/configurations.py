"""Deployment configurations: in which steps the new tasks get the traffic.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from aws_facts import facts
from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.state.database import Database

_MOST_PERCENT = 99


class Configurations:
    """CodeDeploy's own for ECS, and those that are made, kept in the ``database``."""

    def __init__(self, database: Database) -> None:
        self._made = Records(database, "codedeploy/configurations")

    def names(self) -> list[str]:
        """Return the names of all."""
        return [*facts("codedeploy")["configurations"], *self._made.all()]

    def find(self, name: object) -> Json:
        """Return a configuration, as GetDeploymentConfig shows it; refuse where there is none."""
        own = facts("codedeploy")["configurations"].get(name)
        if own is not None:
            return {"deploymentConfigName": name, "computePlatform": "ECS", "trafficRoutingConfig": own}
        found = self._made.get(str(name))
        if found is None:
            raise ServiceError("DeploymentConfigDoesNotExistException", f"No Deployment Configuration found: {name}")
        return found

    def create(self, request: Json) -> Json:
        """Make a configuration of the members of CreateDeploymentConfig."""
        name, platform = request["deploymentConfigName"], request.get("computePlatform", "Server")
        if name in self.names():
            raise ServiceError("DeploymentConfigAlreadyExistsException", f"Configuration already exists: {name}")
        check_platform(platform)
        routing = request.get("trafficRoutingConfig") or {"type": "AllAtOnce"}
        _check(routing)
        made = {
            "deploymentConfigId": str(uuid.uuid4()),
            "deploymentConfigName": name,
            "createTime": time.time(),
            "computePlatform": platform,
            "trafficRoutingConfig": routing,
        }
        self._made.put(name, made)
        return made

    def delete(self, name: str) -> None:
        """Forget a configuration; CodeDeploy's own stay."""
        if name in facts("codedeploy")["configurations"]:
            raise ServiceError("InvalidOperationException", f"{name} is CodeDeploy's own and can't be deleted.")
        self._made.delete(name)


def check_platform(platform: str) -> None:
    """Refuse what CodeDeploy deploys to elsewhere."""
    if platform != "ECS":
        message = f"The AWS on this machine deploys to ECS alone, not to {platform}: set computePlatform to ECS."
        raise ServiceError("InvalidComputePlatformException", message)


def as_strategy(routing: Mapping[str, Any]) -> Json:
    """Return the steps of a configuration as ECS's ``deploymentConfiguration`` has them."""
    if routing["type"] == "TimeBasedCanary":
        steps = routing["timeBasedCanary"]
        canary = {"canaryPercent": steps["canaryPercentage"], "canaryBakeTimeInMinutes": steps["canaryInterval"]}
        return {"strategy": "CANARY", "canaryConfiguration": canary}
    if routing["type"] == "TimeBasedLinear":
        steps = routing["timeBasedLinear"]
        linear = {"stepPercent": steps["linearPercentage"], "stepBakeTimeInMinutes": steps["linearInterval"]}
        return {"strategy": "LINEAR", "linearConfiguration": linear}
    return {"strategy": "BLUE_GREEN"}


def _check(routing: Json) -> None:
    """Refuse steps that lack a member, or would shift nothing or all at once."""
    kind = routing.get("type")
    if kind not in {"AllAtOnce", "TimeBasedCanary", "TimeBasedLinear"}:
        message = f"The type {kind} is not one of AllAtOnce, TimeBasedCanary, TimeBasedLinear."
        raise ServiceError("InvalidTrafficRoutingConfigurationException", message)
    if kind == "AllAtOnce":
        return
    word = "canary" if kind == "TimeBasedCanary" else "linear"
    steps = routing.get(f"timeBased{word.title()}") or {}
    percent, minutes = steps.get(f"{word}Percentage"), steps.get(f"{word}Interval")
    if not isinstance(percent, int) or not isinstance(minutes, int) or not 1 <= percent <= _MOST_PERCENT or minutes < 1:
        message = f"{kind} needs {word}Percentage from 1 to {_MOST_PERCENT} and {word}Interval of 1 minute or more."
        raise ServiceError("InvalidTrafficRoutingConfigurationException", message)
