from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, strategy
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class BlueGreen(ResourceRule):
    """A shift of traffic without what it needs."""

    id = "E9520"
    shortdesc = "A shift of traffic needs a second target group, a rule and a role"
    description = (
        "The strategies BLUE_GREEN, CANARY and LINEAR move traffic between two target groups by a production "
        "listener rule, with a role: CreateService refuses a load balancer without them, and settings of "
        "another strategy."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        kind, deployment = strategy(service), service["DeploymentConfiguration"]
        if kind in _SHIFTING:
            for balancer in service["LoadBalancers"].items:
                yield from _balancer(balancer, kind)
        for name, needed in (("CanaryConfiguration", "CANARY"), ("LinearConfiguration", "LINEAR")):
            if deployment[name].present and kind and kind != needed:
                yield fault(
                    deployment[name], f"{name} is for the strategy {needed}, and this is {kind}. Change one of them."
                )


_SHIFTING = ("BLUE_GREEN", "CANARY", "LINEAR")
_NEEDED = ("AlternateTargetGroupArn", "ProductionListenerRule", "RoleArn")


def _balancer(balancer: Node, kind: str) -> Iterator[Fault]:
    advanced = balancer["AdvancedConfiguration"]
    if balancer["TargetGroupArn"].absent or advanced.function:
        return
    missing = [name for name in _NEEDED if advanced[name].absent]
    if missing:
        yield fault(advanced, f"{kind} needs an AdvancedConfiguration with {' and '.join(missing)}. Add it.")
    alternate, first = advanced["AlternateTargetGroupArn"], balancer["TargetGroupArn"]
    if alternate.pattern is not None and alternate.pattern == first.pattern:
        yield fault(alternate, "Traffic moves between two target groups, and this is the first again. Name another.")
