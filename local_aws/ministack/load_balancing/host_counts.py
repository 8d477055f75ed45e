"""What load balancers publish of their targets: how many of a target group are healthy.

A task is among the targets of its group while it is well, and only then; so those that are there are counted.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections.abc import Iterator
from typing import Any

from ministack.services import alb

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.cloudwatch import points
from local_aws.ministack.load_balancing.counting import NAMESPACE

_KEPT = 30
"""Intervals that are kept: there is one whether or not anybody asks anything."""


def publish(seconds: float) -> None:
    """Publish the counts of all accounts and regions, in intervals of ``seconds``."""
    for account_id, region, group in list(alb._tgs._data):
        with acting_in(account_id, region):
            count = len(alb._targets.get(group, []))
            name = f"targetgroup/{group.partition(':targetgroup/')[2]}"
            for balancer in set(_balancers(group)):
                dimensions = {"LoadBalancer": balancer.partition(":loadbalancer/")[2], "TargetGroup": name}
                points.add((NAMESPACE, "HealthyHostCount"), dimensions, count, "Count", seconds, _KEPT)


def _balancers(group: str) -> Iterator[str]:
    """Return the ARNs of the load balancers that have a rule to a target group."""
    listeners = {rule.get("ListenerArn") for rule in alb._rules.values() if _leads_to(rule.get("Actions"), group)}
    for listener in alb._listeners.values():
        if listener["ListenerArn"] in listeners or _leads_to(listener.get("DefaultActions"), group):
            yield listener["LoadBalancerArn"]


def _leads_to(actions: list[dict[str, Any]] | None, group: str) -> bool:
    forwarded = [
        one for action in actions or () for one in (action, *action.get("ForwardConfig", {}).get("TargetGroups", ()))
    ]
    return any(one.get("TargetGroupArn") == group for one in forwarded)
