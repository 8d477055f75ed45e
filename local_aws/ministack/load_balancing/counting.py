"""What load balancers publish of the requests that they answer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from contextvars import ContextVar

from local_aws.ministack.cloudwatch import points

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
        points.add((NAMESPACE, name), dimensions, value, unit, self._minute)


def _name(arn: str) -> str:
    """Return what a metric's dimension calls a load balancer: ``app/NAME/ID``."""
    return arn.partition(":loadbalancer/")[2]
