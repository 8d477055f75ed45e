"""Makes the alarms of a service, each on what the load balancer measures, and announced on the topic.

They look at each minute. Without requests the load balancer measures no answers, and nothing rings: an alarm that rang
then would be ignored by the next deployment. Look at the limits, which are those of the settings.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, If, cloudwatch
from troposphere import elasticloadbalancingv2 as elb

from settings.project import Project
from settings.service import Service
from templates_src.names import pascal
from templates_src.service.service_context import ServiceContext
from templates_src.service.task_parameters import has_image

ERRORS, UNHEALTHY, SLOW, TOO_FEW, ALTERNATE = "errors", "unhealthy", "slow", "too-few", "-alternate"
NAMESPACE = "AWS/ApplicationELB"
MINUTE = 60
_FOR_MINUTES = 5
_ABOVE, _BELOW = "GreaterThanOrEqualToThreshold", "LessThanThreshold"


@dataclass(frozen=True)
class Measured:
    """A service's target groups, of which the first serves at the beginning."""

    service: Service
    groups: tuple[elb.TargetGroup, ...]
    context: ServiceContext


def names(project: Project, service: Service) -> list[str]:
    """Name all alarms of the service: at most the five that a condition of a stage can watch."""
    kinds = [ERRORS, *([f"{ERRORS}{ALTERNATE}"] if service.rollout.shifts_traffic else []), UNHEALTHY, TOO_FEW]
    kinds += [SLOW] if service.alarms.slow_milliseconds else []
    return [_name(project, service, kind) for kind in kinds]


def error_alarms(measured: Measured) -> list[cloudwatch.Alarm]:
    """Make the alarms on answers 5xx, one a target group: a few requests of a canary would vanish among all others."""
    return [_error_alarm(measured, group) for group in measured.groups]


def other_alarms(measured: Measured) -> list[cloudwatch.Alarm]:
    """Make the alarms on tasks that are unhealthy or too few, and on slow answers."""
    service, limits = measured.service, measured.service.alarms
    unhealthy = _alarm(
        measured,
        "Unhealthy",
        UNHEALTHY,
        f"A task of {service.name} has failed its health check for five minutes",
        {
            **_of_groups(measured, "MAX", "UnHealthyHostCount", "Maximum"),
            "Threshold": 1,
            "EvaluationPeriods": _FOR_MINUTES,
        },
    )
    # Without Container Insights nothing counts tasks, so the healthy ones are counted where requests reach them.
    too_few = _alarm(
        measured,
        "TooFew",
        TOO_FEW,
        f"{service.name} has had fewer healthy tasks than it should for five minutes",
        {
            **_of_groups(measured, "SUM", "HealthyHostCount", "Maximum"),
            "ComparisonOperator": _BELOW,
            "Threshold": If(has_image(service), service.desired_count, 0),
            "EvaluationPeriods": _FOR_MINUTES,
            "TreatMissingData": If(has_image(service), "breaching", "notBreaching"),
        },
    )
    slow = _alarm(
        measured,
        "Slow",
        SLOW,
        f"Of a hundred answers of {service.name} one took {limits.slow_milliseconds} ms, in three minutes of five",
        {
            **_of_groups(measured, "MAX", "TargetResponseTime", "p99"),
            "Threshold": limits.slow_milliseconds / 1000,
            "EvaluationPeriods": _FOR_MINUTES,
            "DatapointsToAlarm": 3,
        },
    )
    return [unhealthy, too_few, *([slow] if limits.slow_milliseconds else [])]


def metric(measured: Measured, group: elb.TargetGroup, name: str) -> cloudwatch.Metric:
    """Return a metric of the load balancer for one target group."""
    return cloudwatch.Metric(
        Namespace=NAMESPACE,
        MetricName=name,
        Dimensions=[
            cloudwatch.MetricDimension(Name="LoadBalancer", Value=measured.context.load_balancer_name),
            cloudwatch.MetricDimension(Name="TargetGroup", Value=GetAtt(group, "TargetGroupFullName")),
        ],
    )


def _error_alarm(measured: Measured, group: elb.TargetGroup) -> cloudwatch.Alarm:
    service, limits = measured.service, measured.service.alarms
    title, kind = ("Error", ERRORS) if group is measured.groups[0] else ("AlternateError", f"{ERRORS}{ALTERNATE}")
    share = f"IF(errors >= {limits.errors_a_minute}, 100 * errors / requests, 0)"
    return _alarm(
        measured,
        title,
        kind,
        f"{service.name} answered 5xx {limits.errors_a_minute} times or more in a minute, "
        f"which were {limits.error_percent} percent of its answers or more",
        {
            "Metrics": [
                _query(measured, group, "errors", "HTTPCode_Target_5XX_Count", "Sum"),
                _query(measured, group, "requests", "RequestCount", "Sum"),
                _expression(share, "Percent of answers 5xx"),
            ],
            "Threshold": limits.error_percent,
            "EvaluationPeriods": 1,
        },
    )


def _of_groups(measured: Measured, function: str, name: str, statistic: str) -> dict[str, Any]:
    """Return what an alarm looks at: a metric, or ``function`` of it for each of several groups."""
    if len(measured.groups) == 1:
        only = metric(measured, measured.groups[0], name)
        chosen = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
        return {**only.properties, chosen: statistic, "Period": MINUTE}
    ids = [f"group{number}" for number in range(1, len(measured.groups) + 1)]
    queries = [_query(measured, group, one, name, statistic) for one, group in zip(ids, measured.groups, strict=True)]
    return {"Metrics": [*queries, _expression(f"{function}([{', '.join(ids)}])", name)]}


def _query(
    measured: Measured, group: elb.TargetGroup, identifier: str, name: str, statistic: str
) -> cloudwatch.MetricDataQuery:
    stat = cloudwatch.MetricStat(Metric=metric(measured, group, name), Period=MINUTE, Stat=statistic)
    return cloudwatch.MetricDataQuery(Id=identifier, MetricStat=stat, ReturnData=False)


def _expression(expression: str, label: str) -> cloudwatch.MetricDataQuery:
    return cloudwatch.MetricDataQuery(Id="watched", Expression=expression, Label=label, ReturnData=True)


def _alarm(
    measured: Measured, title: str, kind: str, description: str, properties: Mapping[str, Any]
) -> cloudwatch.Alarm:
    service, topic = measured.service, measured.context.topic_arn
    usual = {"ComparisonOperator": _ABOVE, "TreatMissingData": "notBreaching"}
    return cloudwatch.Alarm(
        f"{pascal(service.name)}{title}Alarm",
        AlarmName=_name(measured.context.project, service, kind),
        AlarmDescription=description,
        **{**usual, **properties},
        AlarmActions=[topic],
        OKActions=[topic],
    )


def _name(project: Project, service: Service, kind: str) -> str:
    return f"{project.application}-{service.name}-{kind}"
