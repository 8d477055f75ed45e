"""What load balancers publish: of the requests that they answer, and how many targets of a group are healthy.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html

A task is among the targets of its group while it is well, and only then; so those that are there are counted.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack.services import alb

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, around_each_change
from local_aws.ministack.cloudwatch import alarms

_TYPE, _ATTRIBUTE, _KIND = "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName", "targetgroup/"


def name_in_full() -> None:
    """Have ``Fn::GetAtt`` of a target group's full name be ``targetgroup/NAME/ID``."""
    around_each_change(_named)


def _named(change: Change, make: Make) -> Made:
    arn, attributes = make()
    if change.resource_type == _TYPE:
        attributes = {**attributes, _ATTRIBUTE: f"{_KIND}{arn.partition(f':{_KIND}')[2]}"}
    return arn, attributes


NAMESPACE = "AWS/ApplicationELB"
_SERVER_ERROR = 5

balancer_of_request: ContextVar[str] = ContextVar("balancer_of_request")
"""ARN of the load balancer that the running request came to."""


class Counting:
    """Counts in intervals of ``minute`` seconds; to be called in the load balancer's account and region."""

    def __init__(self, minute: float) -> None:
        self._minute = minute

    def of_target(self, group_arn: str, status: int | None, seconds: float) -> None:
        """Count a target's answer and how long it took; ``status`` is None where no target could be reached."""
        balancer = {"LoadBalancer": _name(balancer_of_request.get(""))}
        group = {**balancer, "TargetGroup": f"targetgroup/{group_arn.partition(':targetgroup/')[2]}"}
        for dimensions in (balancer, group):
            self._add("RequestCount", dimensions, 1, "Count")
            if status is None:
                self._add("TargetConnectionErrorCount", dimensions, 1, "Count")
                continue
            self._add(f"HTTPCode_Target_{status // 100}XX_Count", dimensions, 1, "Count")
            self._add("TargetResponseTime", dimensions, seconds, "Seconds")

    def of_balancer(self, status: int) -> None:
        """Count an answer of the load balancer's own, which no target gave."""
        dimensions = {"LoadBalancer": _name(balancer_of_request.get(""))}
        kind = status // 100
        self._add(f"HTTPCode_ELB_{kind}XX_Count", dimensions, 1, "Count")
        if kind == _SERVER_ERROR:
            self._add(f"HTTPCode_ELB_{status}_Count", dimensions, 1, "Count")

    def _add(self, name: str, dimensions: dict[str, str], value: float, unit: str) -> None:
        alarms.add((NAMESPACE, name), dimensions, value, unit, self._minute)


def _name(arn: str) -> str:
    """Return what a metric's dimension calls a load balancer: ``app/NAME/ID``."""
    return arn.partition(":loadbalancer/")[2]


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
                alarms.add((NAMESPACE, "HealthyHostCount"), dimensions, count, "Count", seconds, _KEPT)


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
