"""Listeners and their rules."""

from collections.abc import Iterator

from aws_facts import facts
from lint_rules.load_balancing.attachment import ATTACHING, LISTENER
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View


class PlaceTaken(Rule):
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


class IncompleteAction(Rule):
    id = "E9524"
    shortdesc = "A listener's action says where it leads"
    description = (
        "CreateListener and CreateRule refuse an action without the settings of its type. A redirect to its "
        "own protocol, port, host and path sends clients in a circle."
    )
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#rule-action-types"
    types = ATTACHING

    def faults(self, template: View) -> Iterator[Fault]:
        for listener in template.resources(*ATTACHING):
            for action in (*listener["DefaultActions"].items, *listener["Actions"].items):
                needed = facts("load_balancing")["actions"]["needed"].get(action["Type"].text)
                if needed and all(action[name].absent for name in needed):
                    yield fault(action, f"The action {action['Type'].text} needs {' or '.join(needed)}. Add it.")
                if listener.type == LISTENER and _circles(listener, action["RedirectConfig"]):
                    yield fault(
                        action["RedirectConfig"],
                        "This redirects to where the request came from. Change protocol or port.",
                    )


def _circles(listener: Resource, redirect: Node) -> bool:
    if redirect.absent or redirect.function or any(redirect[name].present for name in ("Host", "Path", "Query")):
        return False
    for name in ("Protocol", "Port"):
        to, own = redirect[name], listener[name].text
        if to.present and to.text not in {own, f"#{{{name.lower()}}}"}:
            return False
    return listener["Protocol"].text is not None and listener["Port"].text is not None
