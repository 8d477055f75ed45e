"""The infrastructure role at work: ECS registers tasks and shifts traffic under it, or the deployment fails.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.iam.implied_actions import FIND_TRAFFIC, REGISTER_TASKS, SHIFT_TRAFFIC
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.platform.service import ServiceError
from local_aws.services.ecs.rollouts.deployment_roles import DeploymentRoles


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
