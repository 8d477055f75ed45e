"""The roles under which ECS deploys: it registers tasks, shifts traffic and invokes functions of hooks.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.iam.implied_actions import FIND_TRAFFIC, REGISTER_TASKS, SHIFT_TRAFFIC
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.platform.context import Credentials
from local_aws.platform.functions import FunctionError, Functions
from local_aws.platform.service import ServiceError
from local_aws.platform.service_roles import assume_role_as_service
from local_aws.services.ecs.execution_attribution import Deployed

SERVICE = "ecs.amazonaws.com"


class DeploymentRoles:
    """Takes the roles of services."""

    def __init__(self, deployed: Deployed) -> None:
        self._deployed = deployed

    def credentials(self, service: Mapping[str, Any], role_arn: str) -> Credentials:
        """Take a role for a service's deployment; ``ServiceError`` where its trust policy does not let ECS in."""
        return assume_role_as_service(
            service=SERVICE,
            role_arn=role_arn,
            source_arn=str(service["serviceArn"]),
            session_name="ecs-service-scheduler",
            execution_id=self._deployed.execution_of({"taskDefinitionArn": service.get("taskDefinition")}),
        )


class HookFunctions:
    """Invokes the functions of lifecycle hooks, each under its hook's role."""

    def __init__(self, roles: DeploymentRoles, functions: Functions) -> None:
        self._roles = roles
        self._functions = functions

    def answer(self, service: Mapping[str, Any], role_arn: str, function: str, event: Mapping[str, Any]) -> object:
        """Return what a function answers to the event; ``FunctionError`` where it does not."""
        try:
            credentials = self._roles.credentials(service, role_arn)
        except ServiceError as error:
            raise FunctionError(f"its role can't be assumed: {error.message}") from error
        return self._functions.answer(function, event, credentials)


class InfrastructureRole:
    """Checks the infrastructure roles of services of an account and region."""

    def __init__(self, where: tuple[str, str], roles: DeploymentRoles) -> None:
        self._implicit = Implicit(*where)
        self._roles = roles

    def refusal(self, service: Mapping[str, Any]) -> str:
        """Return why the traffic of a service may not be shifted; empty where it may."""
        for balancer in service.get("loadBalancers") or []:
            advanced = balancer.get("advancedConfiguration") or {}
            if advanced and (refused := self._refusal(service, balancer, advanced)):
                return refused
        return ""

    def _refusal(self, service: Mapping[str, Any], balancer: Mapping[str, Any], advanced: Mapping[str, Any]) -> str:
        try:
            session = self._roles.credentials(service, str(advanced.get("roleArn") or ""))
        except ServiceError as error:
            return f"unable to assume the infrastructure role: {error.message}"
        found = self._implicit.first_refusal(session.access_key_id, _asked(balancer, advanced))
        return f"unable to shift traffic: {found.sentence}" if found else ""


def _asked(balancer: Mapping[str, Any], advanced: Mapping[str, Any]) -> Iterator[Asked]:
    yield Asked(FIND_TRAFFIC, "*")
    for group in (balancer.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")):
        yield Asked(REGISTER_TASKS, str(group))
    for rule in (advanced.get("productionListenerRule"), advanced.get("testListenerRule")):
        if rule:
            yield Asked(SHIFT_TRAFFIC, str(rule))
