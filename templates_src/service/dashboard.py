"""Makes the dashboard of a service: its alarms, what it answers, how fast, how many tasks there are and what they use.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Sequence
from typing import Any

from troposphere import GetAtt, Sub, cloudwatch

from templates_src.names import pascal
from templates_src.service.alarms import MINUTE, NAMESPACE, Measured, names

_WIDTH, _HEIGHT, _IN_A_ROW = 12, 6, 2
"""In units of a dashboard's grid, which has 24 columns."""
_USAGE = ("CPUUtilization", "MemoryUtilization")


def dashboard(measured: Measured) -> cloudwatch.Dashboard:
    """Make the dashboard; the text of its body names what only the deployed stack knows."""
    project, service = measured.context.project, measured.service
    body = {"widgets": [_placed(number, one) for number, one in enumerate(_widgets(measured))]}
    known: dict[str, Any] = {"Balancer": measured.context.load_balancer_name}
    known |= {_place(number): GetAtt(group, "TargetGroupFullName") for number, group in enumerate(measured.groups)}
    return cloudwatch.Dashboard(
        f"{pascal(service.name)}Dashboard",
        DashboardName=f"{project.application}-{service.name}",
        DashboardBody=Sub(json.dumps(body, separators=(",", ":")), known),
    )


def _widgets(measured: Measured) -> list[dict[str, Any]]:
    project, service = measured.context.project, measured.service
    ecs = [["AWS/ECS", name, "ClusterName", project.runtime.cluster, "ServiceName", service.name] for name in _USAGE]
    arn = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
    return [
        {
            "type": "alarm",
            "properties": {"title": "Alarms", "alarms": [arn + name for name in names(project, service)]},
        },
        _graph(
            "Answers a minute",
            _of_groups(measured, ("RequestCount", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count"), "Sum"),
        ),
        _graph(
            "Seconds to an answer",
            [
                *_of_groups(measured, ("TargetResponseTime",), "p50"),
                *_of_groups(measured, ("TargetResponseTime",), "p99"),
            ],
        ),
        _graph("Tasks", _of_groups(measured, ("HealthyHostCount", "UnHealthyHostCount"), "Maximum")),
        _graph("Percent of CPU and memory", ecs),
    ]


def _of_groups(measured: Measured, metrics: Sequence[str], statistic: str) -> list[list[Any]]:
    return [
        [NAMESPACE, name, "LoadBalancer", "${Balancer}", "TargetGroup", f"${{{_place(number)}}}", {"stat": statistic}]
        for number, _group in enumerate(measured.groups)
        for name in metrics
    ]


def _graph(title: str, metrics: Sequence[Sequence[Any]]) -> dict[str, Any]:
    shown = {"title": title, "metrics": metrics, "view": "timeSeries", "region": "${AWS::Region}", "period": MINUTE}
    return {"type": "metric", "properties": shown}


def _placed(number: int, widget: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(number, _IN_A_ROW)
    return {**widget, "x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}


def _place(number: int) -> str:
    return f"Group{number}"
