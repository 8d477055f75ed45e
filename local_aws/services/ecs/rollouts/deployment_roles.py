"""The roles that a service lends ECS for its deployments: to shift traffic, and to invoke functions of hooks.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html
"""

from collections.abc import Mapping
from typing import Any

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
