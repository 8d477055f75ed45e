"""W9537 and W9538."""

from collections.abc import Iterator
from itertools import combinations

from lint_rules.ecs.service import SERVICE, strategy
from lint_rules.load_balancing.attachment import LISTENER_RULE, forwarded_to
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View
from lint_rules.rollouts.endings import SHIFTING


class RuleOfShift(Rule):
    id = "W9537"
    shortdesc = "The production rule of a shift forwards to both target groups, with the weights 1 and 0"
    description = (
        "ECS writes the weights of the rule at each deployment. CloudFormation writes those of the template whenever "
        "the rule is changed: where one group alone is named, all traffic goes to a group that may be empty by then, "
        "and every comparison shows a drift. A weight for each sends requests to a group without tasks."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html"
    types = (SERVICE, LISTENER_RULE)

    def faults(self, template: View) -> Iterator[Fault]:
        for service, balancer in _shifted(template):
            rule = _rule(template, balancer)
            groups = (balancer["TargetGroupArn"], balancer["AdvancedConfiguration"]["AlternateTargetGroupArn"])
            if rule is None or rule["Actions"].function or None in [one.pattern for one in groups]:
                continue
            named = {one.pattern for one in forwarded_to(rule)}
            if None in named or "${?}" in named or not named:
                continue
            if not {one.pattern for one in groups} <= named:
                sentence = f"ECS shifts {service.logical_id} between two target groups, and this rule names one."
                yield fault(rule["Actions"], f"{sentence} Name both in ForwardConfig, with Weight 1 and 0.")
            for action in rule["Actions"].items:
                weights = [one["Weight"] for one in action["ForwardConfig"]["TargetGroups"].items]
                if len(weights) > 1 and all(one.absent or (one.number or 0) > 0 for one in weights):
                    yield fault(action, "The group without tasks gets requests from the beginning. Give it Weight 0.")


class RuleOfTwo(Rule):
    id = "W9538"
    shortdesc = "A production rule is shifted for one service"
    description = (
        "Each deployment writes the weights and target groups of its rule. Where two services have one rule, the "
        "deployment of one takes the traffic of the other."
    )
    source_url = RuleOfShift.source_url
    types = (SERVICE, LISTENER_RULE)

    def faults(self, template: View) -> Iterator[Fault]:
        for (one, first), (other, second) in combinations(_shifted(template), 2):
            named, again = (two["AdvancedConfiguration"]["ProductionListenerRule"] for two in (first, second))
            if one is not other and named.pattern is not None and named.pattern == again.pattern:
                yield fault(
                    again, f"{one.logical_id} is shifted by the same rule. Give each service a rule of its own."
                )


def _shifted(template: View) -> Iterator[tuple[Resource, Node]]:
    for service in template.resources(SERVICE):
        if strategy(service) in SHIFTING:
            yield from ((service, one) for one in service["LoadBalancers"].items)


def _rule(template: View, balancer: Node) -> Resource | None:
    return template.referred(balancer["AdvancedConfiguration"]["ProductionListenerRule"], LISTENER_RULE)
