from collections.abc import Iterator

from lint_rules.load_balancing.attachment import ATTACHING, LISTENER
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class PlaceTaken(Rule):
    """Two listeners of one port, or two rules of one priority."""

    id = "E9525"
    shortdesc = "A port has one listener, a priority one rule"
    description = (
        "CreateListener refuses a second listener on a port of a load balancer, CreateRule a second rule of a "
        "priority on a listener."
    )
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"
    types = ATTACHING

    def faults(self, template: View) -> Iterator[Fault]:
        seen: dict[tuple[str, ...], str] = {}
        for one in template.resources(*ATTACHING):
            above, place = ("LoadBalancerArn", "Port") if one.type == LISTENER else ("ListenerArn", "Priority")
            transport = "UDP" if one["Protocol"].text in {"UDP", "QUIC"} else "TCP"
            if one[above].pattern is None or one[place].number is None:
                continue
            key = (one.type, one[above].pattern or "", str(one[place].number), transport)
            if key in seen:
                yield fault(one[place], f"{place} {one[place].number} is taken by {seen[key]}. Choose another.")
            seen.setdefault(key, one.logical_id)
