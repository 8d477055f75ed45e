"""An alarm's state, by the tables of CloudWatch's guide on missing data, and at the edge of a running period.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from typing import Any

import pytest

from local_aws.services.cloudwatch.evaluation import evaluate

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
TABLE = {
    "0-X-X": (3, ("OK", "OK", "OK", "OK")),
    "0----": (3, ("OK", "OK", "OK", "OK")),
    "-----": (3, ("INSUFFICIENT_DATA", None, "ALARM", "OK")),
    "0XX-X": (3, ("ALARM", "ALARM", "ALARM", "ALARM")),
    "--X--": (3, ("ALARM", None, "ALARM", "OK")),
    "0-X-X ": (2, ("ALARM", "ALARM", "ALARM", "ALARM")),
    "00X0X": (2, ("ALARM", "ALARM", "ALARM", "ALARM")),
    "0-X--": (2, ("OK", "OK", "ALARM", "OK")),
    "----0": (2, ("OK", "OK", "ALARM", "OK")),
    "---X-": (2, ("ALARM", None, "ALARM", "OK")),
}
"""By five periods, oldest first (X breaching, 0 not, - missing): datapoints of three to alarm, states by treatment."""


def judged(periods: str, running: float | None = None, **more: Any) -> str | None:
    alarm = {
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
        **more,
    }
    values = [running, *({"X": 9.0, "0": 1.0, "-": None}[each] for each in reversed(periods.strip()))]
    now = 600.0
    found = evaluate(alarm, now, 60, lambda begin, _end: values[int((now - begin) // 60)])
    return found.state if found is not None else None


@pytest.mark.parametrize(
    ("periods", "needed", "treatment", "state"),
    [
        (periods, needed, treatment, state)
        for periods, (needed, states) in TABLE.items()
        for treatment, state in zip(TREATMENTS, states, strict=True)
    ],
)
def test_the_tables_of_the_guide(periods: str, needed: int, treatment: str, state: str | None) -> None:
    assert judged(periods, TreatMissingData=treatment, DatapointsToAlarm=needed) == state


def test_a_running_period_counts_where_the_rest_of_it_can_change_nothing() -> None:
    one = {"EvaluationPeriods": 1}
    assert judged("00000", running=9.0, **one) == "ALARM"
    assert judged("00000", running=9.0, Statistic="Average", **one) == "OK"
    assert judged("XXXXX", running=1.0, **one) == "ALARM"
    assert judged("XXXXX", running=1.0, ComparisonOperator="LessThanThreshold", **one) == "OK"
