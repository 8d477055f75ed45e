"""What an alarm looks at: one metric, or several and an expression; and what may not be asked for.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.services.cloudwatch.expressions import NotEvaluatedError, Query

Alarm = Mapping[str, Any]
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
_BASIC = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
_PERCENTILE = re.compile(r"p\d{1,2}(\.\d+)?|p100")
_OF_ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")


def fault(alarm: Alarm) -> str:
    """Return what is wrong with an alarm's ``Metrics``, as CloudWatch refuses it; empty where nothing is."""
    queries: Sequence[Query] = alarm.get("Metrics") or ()
    beside = [name for name in _OF_ONE_METRIC if alarm.get(name)]
    if beside:
        return f"{beside[0]} must not be set when Metrics is."
    ids = [str(query.get("Id", "")) for query in queries]
    for name, query in zip(ids, queries, strict=True):
        if not _ID.fullmatch(name) or ids.count(name) > 1:
            return f"Invalid metrics list: {name!r} is not an id, which begins with a small letter and is there once."
        if ("MetricStat" in query) == ("Expression" in query):
            return f"Invalid metrics list: {name} must have either MetricStat or Expression."
    returned = sum(str(query.get("ReturnData", True)).lower() == "true" for query in queries)
    if returned != 1 and "ThresholdMetricId" not in alarm:
        return "Exactly one element of the metrics list should return data."
    return ""


def metrics(alarm: Alarm) -> list[dict[str, Any]]:
    """Return each metric of an alarm with its ``Statistic``; raises ``NotEvaluatedError``."""
    if "Metrics" not in alarm:
        return [metric({"Metric": alarm, "Stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic")})]
    return [metric(query["MetricStat"]) for query in alarm["Metrics"] if "MetricStat" in query]


def metric(stat: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ``MetricStat`` as one metric with its ``Statistic``; raises ``NotEvaluatedError``."""
    statistic = str(stat.get("Stat") or "Average")
    if statistic not in _BASIC and not _PERCENTILE.fullmatch(statistic):
        raise NotEvaluatedError(statistic)
    return {
        **{name: stat["Metric"].get(name) for name in ("Namespace", "MetricName", "Dimensions")},
        "Statistic": statistic,
    }


def period(alarm: Alarm) -> float:
    """Return the seconds of an alarm's periods; raises ``NotEvaluatedError`` where its metrics have several."""
    if "Metrics" not in alarm:
        return float(alarm.get("Period") or 60)
    found = {
        int(holder["Period"])
        for query in alarm["Metrics"]
        for holder in (query, query.get("MetricStat", {}))
        if "Period" in holder
    }
    if len(found) > 1:
        raise NotEvaluatedError(f"periods of {' and '.join(f'{one} s' for one in sorted(found))}")
    return float(found.pop() if found else 60)
