from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, is_on_fargate
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class LaunchedTwice(ResourceRule):
    """A launch type beside capacity providers."""

    id = "E9508"
    shortdesc = "A service has a launch type or capacity providers"
    description = (
        "Both say where the tasks of a service run: CreateService refuses LaunchType together with "
        "CapacityProviderStrategy, and on Fargate what places tasks on instances, and the strategy DAEMON."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        if service["LaunchType"].present and service["CapacityProviderStrategy"].items:
            yield fault(
                service["LaunchType"], "CapacityProviderStrategy says where the tasks run. Leave LaunchType out."
            )
        placed = [name for name in ("PlacementConstraints", "PlacementStrategies") if service[name].items]
        for name in placed if is_on_fargate(service) else ():
            yield fault(service[name], f"Tasks on Fargate are not placed by {name}. Leave it out.")
        if is_on_fargate(service) and service["SchedulingStrategy"].text == "DAEMON":
            yield fault(
                service["SchedulingStrategy"],
                "DAEMON runs one task on each instance, and Fargate shows none. Use REPLICA with a DesiredCount.",
            )
