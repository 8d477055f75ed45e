from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class GraceWithoutBalancer(ResourceRule):
    """Grace for health checks that nobody makes."""

    id = "E9507"
    shortdesc = "A grace period needs a load balancer"
    description = "CreateService refuses HealthCheckGracePeriodSeconds for a service without a load balancer."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        grace, balancers = service["HealthCheckGracePeriodSeconds"], service["LoadBalancers"]
        none = (balancers.absent or balancers.value == []) and service["VpcLatticeConfigurations"].absent
        if none and grace.number:
            yield fault(grace, "No load balancer checks this service. Leave the grace period out.")
