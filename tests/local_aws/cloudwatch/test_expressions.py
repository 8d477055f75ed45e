"""Metric math of alarms: what an expression is in a period of which some datapoints may lack."""

import re

import pytest

from local_aws.services.cloudwatch.expressions import NotEvaluatedError, value

METRICS = {"errors": 5.0, "requests": 20.0, "none": None, "zero": 0.0}


def of(expression: str, **others: str) -> float | None:
    """Return the value of an expression of METRICS, and of ``others``, which are expressions as well."""
    named = {
        name: {"Id": name, "ReturnData": False, "MetricStat": {"Metric": {"MetricName": name}}} for name in METRICS
    }
    expressions = [{"Id": name, "Expression": text, "ReturnData": False} for name, text in others.items()]
    queries = [*named.values(), *expressions, {"Id": "e", "Expression": expression, "ReturnData": True}]
    return value(queries, lambda stat: METRICS[stat["Metric"]["MetricName"]])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("100 * errors / requests", 25.0),
        ("-(errors + 1.5) - zero", -6.5),
        ("errors / zero", None),
        ("errors + none", None),
        ("FILL(none, 0) + errors", 5.0),
        ("FILL(none, -1)", -1.0),
        ("IF(errors >= 5, 100 * errors / requests, 0)", 25.0),
        ("IF(errors > 5, 100 * errors / requests, 0)", 0.0),
        ("IF(errors > 5, 1)", None),
        ("IF(none > 5, 1, 0)", None),
        ("IF(zero, 1, none)", None),
        ("errors == 5 AND requests != 5", 1.0),
        ("errors < 5 || requests <= 19 or zero", 0.0),
        ("none && zero", None),
        ("SUM([errors, none, requests])", 25.0),
        ("MAX([errors, requests])", 20.0),
        ("MIN(FILL([errors, none], 1))", 1.0),
        ("AVG(METRICS())", 25 / 3),
        ("SUM([none])", None),
        ("share * 2", 50.0),
    ],
)
def test_an_expression_has_the_value_of_its_period(expression: str, expected: float | None) -> None:
    assert of(expression, share="100 * errors / requests") == expected


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("RATE(errors)", "RATE(errors)"),
        ("SUM(errors)", "errors"),
        ("FILL(none, REPEAT)", "FILL(none, REPEAT)"),
        ("IF(zero, RATE(errors), 0)", "RATE(errors)"),
        ("SELECT AVG(CPUUtilization) FROM SCHEMA", "SELECT AVG"),
        ("errors + unknown", "unknown"),
        ("round + 1", "round"),
        ("'text'", "'text'"),
        ("errors **", "errors **"),
    ],
)
def test_what_is_not_evaluated_is_named(expression: str, named: str) -> None:
    with pytest.raises(NotEvaluatedError, match=re.escape(named)):
        of(expression, round="round * 2")
