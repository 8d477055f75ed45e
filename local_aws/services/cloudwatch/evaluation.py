"""The state of an alarm, from the value of each of its periods: a metric's statistic, or an expression's.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.services.cloudwatch.expressions import period as period_of

_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_ONLY_GROWS = frozenset({"Sum", "SampleCount", "Maximum"})
"""What more points of a period can't lower: that a running period breaches from above is certain before its end."""
_FURTHER_BACK = 2
"""Periods before the wanted ones in which datapoints are looked for where some of the wanted ones lack."""
ALARM, FINE, UNKNOWN = "ALARM", "OK", "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Verdict:
    """An alarm's state, and the reason for it in CloudWatch's words."""

    state: str
    reason: str


def can_be_evaluated(alarm: Mapping[str, Any]) -> bool:
    """Return whether the alarm is of a kind that is evaluated here: a metric or an expression against a threshold."""
    has_value = alarm.get("MetricName") or alarm.get("Metrics")
    return bool(has_value) and alarm.get("ComparisonOperator") in _BREACHES and "ThresholdMetricId" not in alarm


def evaluate(
    alarm: Mapping[str, Any], now: float, minute: float, value: Callable[[float, float], float | None]
) -> Verdict | None:
    """Return what the alarm is at ``now``; None where it stays what it is.

    ``value(begin, end)`` is what the alarm looks at in that time; a minute of the alarm's lasts ``minute`` seconds.
    Raises ``NotEvaluatedError``.
    """
    period = period_of(alarm) * minute / 60
    wanted = int(alarm.get("EvaluationPeriods") or 1)
    end = now // period * period
    running = value(end, end + period)
    looked_at = [running] if _is_certain(alarm, running) else []
    looked_at += [
        value(end - number * period, end - (number - 1) * period) for number in range(1, wanted + _FURTHER_BACK + 1)
    ]
    known = [each for each in looked_at if each is not None][:wanted]
    return _verdict(alarm, known, wanted)


def _is_certain(alarm: Mapping[str, Any], value: float | None) -> bool:
    from_above = str(alarm["ComparisonOperator"]).startswith("Greater")
    return value is not None and from_above and alarm.get("Statistic") in _ONLY_GROWS and _breaches(alarm, value)


def _breaches(alarm: Mapping[str, Any], value: float) -> bool:
    return _BREACHES[alarm["ComparisonOperator"]](value, float(alarm.get("Threshold") or 0))


def _verdict(alarm: Mapping[str, Any], known: Sequence[float], wanted: int) -> Verdict | None:
    """Judge the datapoints that there are; those that lack are taken for what the alarm says."""
    needed = int(alarm.get("DatapointsToAlarm") or wanted)
    lacking, missing = wanted - len(known), alarm.get("TreatMissingData") or "missing"
    breaching = sum(_breaches(alarm, value) for value in known)
    shown = ", ".join(f"{value:g}" for value in known) or "no datapoints"
    reason = f"{breaching} of {wanted} periods [{shown}] {alarm['ComparisonOperator']} {float(alarm['Threshold']):g}"
    if lacking and missing == "missing":
        if not known:
            return Verdict(UNKNOWN, f"Insufficient Data: {reason}")
        needed = min(needed, len(known))
    elif lacking and missing == "breaching":
        breaching += lacking
    elif lacking and missing == "ignore" and breaching == len(known) < needed:
        return None
    if breaching >= needed:
        return Verdict(ALARM, f"Threshold Crossed: {reason}")
    return Verdict(FINE, f"Threshold not crossed: {reason}")
