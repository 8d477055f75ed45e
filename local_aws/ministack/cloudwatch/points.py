"""Points of metrics within MiniStack: what services of this machine publish, and what alarms read."""

import time
from collections.abc import Mapping
from typing import Any

from ministack.services import cloudwatch

_KEPT = 1000
"""Points of a metric that are kept of those that are published here."""


def add(name: tuple[str, str], dimensions: Mapping[str, str], value: float, unit: str, seconds: float) -> None:
    """Count a value of the metric ``(namespace, name)`` in its running interval of ``seconds``."""
    begin = time.time() // seconds * seconds
    points = cloudwatch._metric_bucket((*name, cloudwatch._dims_key(dict(dimensions))))
    if points and points[-1]["Timestamp"] == begin and "_stat" in points[-1]:
        statistics = points[-1]["_stat"]
        statistics["SampleCount"] += 1
        statistics["Sum"] += value
        statistics["Minimum"] = min(statistics["Minimum"], value)
        statistics["Maximum"] = max(statistics["Maximum"], value)
        points[-1]["Value"] = statistics["Sum"] / statistics["SampleCount"]
        return
    statistics = {"SampleCount": 1.0, "Sum": value, "Minimum": value, "Maximum": value}
    points.append(
        {"Timestamp": begin, "Unit": unit, "Dimensions": dict(dimensions), "Value": value, "_stat": statistics}
    )
    del points[:-_KEPT]


def statistic_of(alarm: Mapping[str, Any], begin: float, end: float) -> float | None:
    """Return the alarm's statistic of its metric's points in that time (epoch seconds); None where there is none."""
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = (alarm.get("Namespace"), alarm.get("MetricName"), cloudwatch._dims_key(dimensions))
    points = [point for point in cloudwatch._metrics.get(key) or [] if begin <= point["Timestamp"] < end]
    if not points:
        return None
    name = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    value: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(points), name, points)
    return value


def has_points(alarm: Mapping[str, Any]) -> bool:
    """Return whether anything was ever published for the alarm's metric."""
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    return bool(
        cloudwatch._metrics.get((alarm.get("Namespace"), alarm.get("MetricName"), cloudwatch._dims_key(dimensions)))
    )
