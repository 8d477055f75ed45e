from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, controller
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class RollingOnly(ResourceRule):
    """What only a deployment by ECS itself has, with another controller."""

    id = "E9502"
    shortdesc = "Circuit breakers, alarms and strategies need the controller ECS"
    description = (
        "CreateService refuses a circuit breaker, deployment alarms and a deployment strategy when CodeDeploy "
        "or another deploys the service."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentController.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        if controller(service) in {"CODE_DEPLOY", "EXTERNAL"}:
            for setting in _settings(service["DeploymentConfiguration"]):
                yield fault(
                    setting, f"{setting.path[-1]} needs the controller ECS, not {controller(service)}. Leave it out."
                )


def _settings(deployment: Node) -> Iterator[Node]:
    for name in ("DeploymentCircuitBreaker", "Alarms"):
        if deployment[name]["Enable"].flag:
            yield deployment[name]
    if deployment["Strategy"].present and deployment["Strategy"].text not in {None, "ROLLING"}:
        yield deployment["Strategy"]
