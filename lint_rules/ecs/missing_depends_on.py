"""E9505 and W9527."""

from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, TARGET_GROUP
from lint_rules.load_balancing.attachment import ATTACHING, attached, before, others_may_attach
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View


class NoListener(Rule):
    """A service whose target group has no listener."""

    id = "E9505"
    shortdesc = "A listener forwards to the target group of a service"
    description = "CreateService refuses a target group that no load balancer uses, and the stack fails."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    types = (SERVICE, TARGET_GROUP, *ATTACHING)

    def faults(self, template: View) -> Iterator[Fault]:
        for _, group, place in _balanced(template):
            if not attached(template, group) and not others_may_attach(template, group):
                sentence = f"No listener forwards to {group.logical_id}. Add one, and let the service depend on it."
                yield fault(place, sentence)


class ListenerComesLater(Rule):
    """A service that may be made before its target group has a listener."""

    id = "W9527"
    shortdesc = "A service waits for the listener of its target group"
    description = (
        "CreateService refuses a target group that no load balancer uses yet. CloudFormation makes the "
        "listener at the same time as the service unless the service depends on it: the stack then fails, or "
        "not, by chance."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    types = (SERVICE, TARGET_GROUP, *ATTACHING)

    def faults(self, template: View) -> Iterator[Fault]:
        for service, group, place in _balanced(template):
            attaching = attached(template, group)
            if attaching and not before(template, service).intersection(attaching):
                names = " or ".join(sorted(attaching))
                sentence = f"{service.logical_id} may be made before {names}. Add DependsOn: {min(attaching)}."
                yield fault(place, sentence)


def _balanced(template: View) -> Iterator[tuple[Resource, Resource, Node]]:
    """Yield (service, target group, what names the group)."""
    for service in template.resources(SERVICE):
        for balancer in service["LoadBalancers"].items:
            group = template.referred(balancer["TargetGroupArn"], TARGET_GROUP, name="Name")
            if group is not None:
                yield service, group, balancer["TargetGroupArn"]
