from collections.abc import Iterator

from aws_facts import facts
from lint_rules.ecs.service import TARGET_GROUP
from lint_rules.load_balancing.attachment import LISTENER, LISTENER_RULE, forwarded_to
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View
from lint_rules.s3.log_destinations import LOAD_BALANCER


class Protocol(Rule):
    """A protocol that is not the load balancer's."""

    id = "E9522"
    shortdesc = "Listeners and target groups speak their load balancer's protocols"
    description = (
        "An application load balancer listens to HTTP and HTTPS, a network load balancer to TCP, UDP and TLS. "
        "CreateListener refuses the others, and target groups of the others."
    )
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html"
    types = (LISTENER, LISTENER_RULE, TARGET_GROUP, LOAD_BALANCER)

    def faults(self, template: View) -> Iterator[Fault]:
        known = facts("load_balancing")["protocols"]["by_type"]
        for listener in template.resources(LISTENER):
            balancer = template.referred(listener["LoadBalancerArn"], LOAD_BALANCER, name="Name")
            kind = (
                "application" if balancer and balancer["Type"].absent else balancer["Type"].text if balancer else None
            )
            if kind not in known:
                continue
            for node in _speaking(template, listener):
                if node.text is not None and node.text not in known[kind]:
                    yield fault(
                        node,
                        f"{node.text} is not spoken by a load balancer of type {kind}. Use {', '.join(known[kind])}.",
                    )


def _speaking(template: View, listener: Resource) -> Iterator[Node]:
    yield listener["Protocol"]
    rules = [one for one in template.resources(LISTENER_RULE) if one["ListenerArn"].target == listener.logical_id]
    for named in (one for source in (listener, *rules) for one in forwarded_to(source)):
        group = template.referred(named, TARGET_GROUP, name="Name")
        if group is not None and group["TargetType"].text not in {"lambda", "alb"}:
            yield group["Protocol"]
