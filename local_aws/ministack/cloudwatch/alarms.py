"""Alarms within MiniStack, and the points that they read: what is published, states, who hears of a change.

A point is all of an interval. For percentiles it keeps its values to three digits, each with how often it came.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch

_KEPT = 1000
"""Points of a metric that are kept of those that are published here."""
_VALUES = "_values"

Point = dict[str, Any]
Samples = list[tuple[float, float]]
"""Values, each with how often it came."""


def keep_values() -> None:
    """Have percentiles be those of the values that were published here."""
    of_ministack: Callable[[Sequence[Point]], Samples | None] = cloudwatch._percentile_samples

    def samples(points: Sequence[Point]) -> Samples | None:
        others = [point for point in points if _VALUES not in point]
        found = of_ministack(others) if others else []
        if found is None:
            return None
        kept = [(float(value), count) for point in points for value, count in point.get(_VALUES, {}).items()]
        return [*found, *kept] or None

    cloudwatch._percentile_samples = samples


def add(
    name: tuple[str, str],
    dimensions: Mapping[str, str],
    value: float,
    unit: str,
    seconds: float,
    kept: int = _KEPT,
) -> None:
    """Count a value of the metric ``(namespace, name)`` in its running interval of ``seconds``."""
    begin = time.time() // seconds * seconds
    points = cloudwatch._metric_bucket((*name, cloudwatch._dims_key(dict(dimensions))))
    if points and points[-1]["Timestamp"] == begin and "_stat" in points[-1]:
        statistics = points[-1]["_stat"]
        statistics["SampleCount"] += 1
        statistics["Sum"] += value
        statistics["Minimum"] = min(statistics["Minimum"], value)
        statistics["Maximum"] = max(statistics["Maximum"], value)
        values = points[-1].setdefault(_VALUES, {})
        values[f"{value:.3g}"] = values.get(f"{value:.3g}", 0) + 1
        points[-1]["Value"] = statistics["Sum"] / statistics["SampleCount"]
        return
    statistics = {"SampleCount": 1.0, "Sum": value, "Minimum": value, "Maximum": value}
    points.append(
        {"Timestamp": begin, "Unit": unit, "Dimensions": dict(dimensions), "Value": value}
        | {"_stat": statistics, _VALUES: {f"{value:.3g}": 1}}
    )
    del points[:-kept]


def statistic_of(metric: Mapping[str, Any], begin: float, end: float) -> float | None:
    """Return the ``Statistic`` of a metric's points in that time (epoch seconds); None where there is none."""
    dimensions = cloudwatch._dims_from_list(metric.get("Dimensions") or [])
    key = (metric.get("Namespace"), metric.get("MetricName"), cloudwatch._dims_key(dimensions))
    points = [point for point in cloudwatch._metrics.get(key) or [] if begin <= point["Timestamp"] < end]
    if not points:
        return None
    value: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(points), metric["Statistic"], points)
    return value


def has_points(metric: Mapping[str, Any]) -> bool:
    """Return whether anything was ever published for a metric."""
    dimensions = cloudwatch._dims_from_list(metric.get("Dimensions") or [])
    return bool(
        cloudwatch._metrics.get((metric.get("Namespace"), metric.get("MetricName"), cloudwatch._dims_key(dimensions)))
    )


Alarm = dict[str, Any]


def judge_by(judge: Callable[[Alarm], None]) -> None:
    """Have ``judge`` look at an alarm where MiniStack would: after its metric got points, and when it is put."""
    cloudwatch._evaluate_alarm = judge


def judge_all(judge: Callable[[Alarm], None]) -> None:
    """Have ``judge`` look at every alarm of all accounts and regions."""
    for (account_id, region, _name), alarm in list(cloudwatch._alarms._data.items()):
        with responses.request_scope(account_id, region):
            judge(alarm)


def change_state(alarm: Alarm, state: str, reason: str) -> None:
    """Bring an alarm into a state, as CloudWatch does: its history, its actions and its parents hear of it."""
    before = alarm["StateValue"]
    if before == state:
        # Why there is no verdict is told even so: at first it is that the alarm is new.
        alarm["StateReason"] = reason if state == "INSUFFICIENT_DATA" else alarm["StateReason"]
        return
    alarm.update({"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())})
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
