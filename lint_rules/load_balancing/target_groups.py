"""Target groups."""

import re
from collections.abc import Iterator

from aws_facts import facts
from lint_rules.ecs.service import TARGET_GROUP
from lint_rules.load_balancing.attachment import LISTENER, LISTENER_RULE, forwarded_to
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View
from lint_rules.s3.access_logs import LOAD_BALANCER


class Protocol(Rule):
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


_INTERVAL = 30
_CODES = re.compile(r"[1-5]\d\d(-[1-5]\d\d)?(,[1-5]\d\d(-[1-5]\d\d)?)*")


class HealthCheck(ResourceRule):
    id = "E9521"
    shortdesc = "A health check has time to answer, a path and codes"
    description = (
        "CreateTargetGroup refuses a timeout that is not shorter than the interval of HTTP, a path that does not "
        "begin with a slash, codes that HTTP does not have, and targets other than functions that are not "
        "checked."
    )
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"
    types = (TARGET_GROUP,)

    def faults_of(self, group: Resource) -> Iterator[Fault]:
        interval, timeout, path = (
            group[f"HealthCheck{name}"] for name in ("IntervalSeconds", "TimeoutSeconds", "Path")
        )
        longest = _INTERVAL if interval.absent and group["TargetType"].text != "lambda" else interval.number
        by_request = group["Protocol"].text in {"HTTP", "HTTPS"}
        if by_request and timeout.number is not None and longest is not None and timeout.number >= longest:
            yield fault(
                timeout, f"The timeout of {timeout.number} s is not shorter than the interval of {longest} s. Lower it."
            )
        if path.pattern is not None and not path.pattern.startswith(("/", "${")):
            yield fault(path, f"The path {path.pattern} does not begin with a slash. Add it.")
        codes = group["Matcher"]["HttpCode"]
        if codes.text is not None and not _CODES.fullmatch(codes.text):
            yield fault(codes, f"{codes.text} names no HTTP codes. Write 200, 200,302 or 200-299.")
        checked, kind = group["HealthCheckEnabled"], group["TargetType"]
        if checked.flag is False and (kind.absent or kind.text in {"ip", "instance", "alb"}):
            yield fault(checked, "Only functions may go unchecked. Leave HealthCheckEnabled out.")
