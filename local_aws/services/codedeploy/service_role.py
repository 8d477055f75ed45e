"""The service role of a deployment group at work: CodeDeploy replaces tasks and shifts traffic under it, or fails.

https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_aws.iam.implied_actions import (
    CHOOSE_TASK_SET,
    FIND_LISTENERS,
    FIND_SERVICE,
    REPLACE_TASK_SET,
    ROLE_FOR_TASKS,
    TURN_LISTENER,
    TURN_RULE,
    WATCH_ALARMS,
)
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.ministack.load_balancing import weights
from local_aws.platform.context import Credentials
from local_aws.platform.service_roles import assume_role_as_service

SERVICE = "codedeploy.amazonaws.com"


class ServiceRole:
    """Takes and asks for service roles of an account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id, self._region = account_id, region
        self._implicit = Implicit(account_id, region)

    def take(self, group: Mapping[str, Any], execution: str) -> Credentials:
        """Take the role of a group; ``ServiceError`` where it does not trust CodeDeploy."""
        name = f"{group['applicationName']}/{group['deploymentGroupName']}"
        return assume_role_as_service(
            service=SERVICE,
            role_arn=str(group["serviceRoleArn"]),
            source_arn=f"arn:aws:codedeploy:{self._region}:{self._account_id}:deploymentgroup:{name}",
            session_name="codedeploy",
            execution_id=execution,
        )

    def refusal(
        self, access_key_id: str, service: Mapping[str, Any], shift: Mapping[str, Any], roles: Sequence[str]
    ) -> str:
        """Return why the role may not deploy a service; empty where it may."""
        found = self._implicit.first_refusal(access_key_id, _asked(service, shift, roles))
        return found.sentence if found else ""


def _asked(service: Mapping[str, Any], shift: Mapping[str, Any], roles: Sequence[str]) -> Iterator[Asked]:
    arn = str(service["serviceArn"])
    yield Asked(FIND_SERVICE, arn)
    yield from (Asked(ROLE_FOR_TASKS, role) for role in dict.fromkeys(roles))
    yield Asked(REPLACE_TASK_SET, arn.replace(":service/", ":task-set/") + "/*")
    yield Asked(CHOOSE_TASK_SET, arn)
    yield Asked(FIND_LISTENERS, "*")
    for listeners in ("productionListeners", "testListeners"):
        changed = weights.rules_between(shift["balancing"][listeners], shift["balancing"]["groups"])
        yield from (Asked(TURN_RULE if ":listener-rule/" in one else TURN_LISTENER, one) for one in changed.values())
    if (shift["configuration"].get("alarms") or {}).get("enable"):
        yield Asked(WATCH_ALARMS, "*")
