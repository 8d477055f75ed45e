"""The rules of conditions."""

import io
import threading
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local_aws.services.codepipeline.engine.ports import ActionError, Evaluate, RuleContext
from local_aws.services.codepipeline.rules.cloudwatch_alarm import cloudwatch_alarm
from local_aws.services.codepipeline.rules.deployment_window import CronError, deployment_window, matches
from local_aws.services.codepipeline.rules.variable_check import variable_check
from tests.local_aws.codepipeline.harness import REGION, ROLE, MovedClock, assume_role


def context(configuration: dict[str, str], clock: MovedClock | None = None, condition: str = "") -> RuleContext:
    return RuleContext(
        condition=condition,
        commands=(),
        id="r",
        pipeline="p",
        pipeline_arn="arn:p",
        execution_id="e",
        stage="Deploy",
        name="rule",
        configuration=configuration,
        role_arn=ROLE,
        inputs={},
        credentials=lambda: assume_role(ROLE, through=ROLE, pipeline_arn="", session_name="s", execution_id="e"),
        read=lambda _: io.BytesIO(),
        report=lambda _: None,
        cancelled=threading.Event(),
        deadline=9e12,
        clock=clock or MovedClock(),
        resumed=None,
    )


@pytest.mark.parametrize(
    ("variable", "operator", "value", "passed"),
    [
        ("prod", "EQ", "prod", True),
        ("prod", "NE", "prod", False),
        ("a prod b", "CONTAINS", "prod", True),
        ("v12", "MATCHES", r"v\d+", True),
        ("v12 beta", "MATCHES", r"v\d+", False),
    ],
)
def test_variable_check(variable: str, operator: str, value: str, passed: bool) -> None:  # noqa: FBT001
    result = variable_check(context({"Variable": variable, "Operator": operator, "Value": value}))
    assert result.passed is passed
    assert variable in result.summary


MOMENT = datetime(2026, 3, 13, 14, 30, tzinfo=UTC)  # a Friday, the second of its month


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("* * * ? * *", True),
        ("* 30 14 ? * FRI", True),
        ("* * 9-16 ? * MON-FRI *", True),
        ("* * 9-13 ? * MON-FRI", False),
        ("* 0/15 * * * ?", True),
        ("* 1/15 * * * ?", False),
        ("* */10 * * MAR ?", True),
        ("* * * 13 3 ? 2026", True),
        ("* * * 13 3 ? 2027", False),
        ("* * * L * ?", False),
        ("* * * L-18 * ?", True),
        ("* * * 14W * ?", True),
        ("* * * LW * ?", False),
        ("* * * ? * 6#2", True),
        ("* * * ? * FRI#3", False),
        ("* * * ? * 6L", False),
        ("* * * ? * 1,6", True),
    ],
)
def test_cron(expression: str, holds: bool) -> None:  # noqa: FBT001
    assert matches(expression, MOMENT) is holds


def test_the_last_days_of_a_month() -> None:
    sunday = datetime(2026, 5, 31, tzinfo=UTC)
    friday = datetime(2026, 5, 29, tzinfo=UTC)
    assert matches("* * * L * ?", sunday)
    assert matches("* * * LW * ?", friday)
    assert matches("* * * ? * 6L", friday)
    assert matches("* * * ? * L", datetime(2026, 5, 30, tzinfo=UTC))
    assert matches("* * * 1W * ?", datetime(2026, 8, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    "expression",
    [
        "* * *",
        "0 * * ? * *",
        "* 61 * ? * *",
        "* * 9-5 ? * *",
        "* * * 32 * ?",
        "* * * ? * FUN",
        "* * * L3 * ?",
        "* */0 * ? * *",
    ],
)
def test_a_cron_expression_that_can_not_be_read_says_so(expression: str) -> None:
    with pytest.raises(CronError):
        matches(expression, MOMENT)


def test_the_deployment_window_goes_by_its_time_zone() -> None:
    clock = MovedClock(MOMENT.timestamp())
    window = {"Cron": "* * 10 ? * *", "TimeZone": "America/Toronto"}
    assert deployment_window(context(window, clock)).passed
    assert not deployment_window(context({"Cron": window["Cron"]}, clock)).passed


def test_an_execution_waits_for_the_deployment_window_to_open() -> None:
    clock = MovedClock(MOMENT.timestamp())
    result = deployment_window(context({"Cron": "* 45 14 ? * *"}, clock, "beforeEntry"))
    assert result.passed
    assert result.summary.startswith("2026-03-13 14:45 UTC is in the deployment window")


NO_ALARMS = partial(cloudwatch_alarm, lambda *_: None, 60)


@pytest.mark.parametrize(
    ("rule", "configuration", "words"),
    [
        (deployment_window, {"Cron": "* * 10 ? * *", "TimeZone": "Mars/Olympus"}, "not a time zone"),
        (deployment_window, {"Cron": "never"}, "fields"),
        (variable_check, {"Variable": "a", "Operator": "MATCHES", "Value": "("}, "not a regular expression"),
        (
            NO_ALARMS,
            {"AlarmName": "a", "AlarmStates": "FINE"},
            "allowed are ALARM",
        ),
        (NO_ALARMS, {"AlarmName": "a", "WaitTime": "soon"}, "number of minutes"),
    ],
)
def test_a_configuration_that_can_not_be_says_so(rule: Evaluate, configuration: dict[str, str], words: str) -> None:
    with pytest.raises(ActionError, match=words):
        rule(context(configuration))


def alarms(*states: str) -> tuple[Evaluate, Any]:
    client = boto3.client("cloudwatch", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
    stubber = Stubber(client)
    for state in states:
        stubber.add_response("describe_alarms", {"MetricAlarms": [{"StateValue": state}] if state else []})
    stubber.activate()
    return partial(cloudwatch_alarm, lambda _service, _credentials: client, 2), stubber


def test_an_alarm_that_comes_to_the_wanted_state_in_time_passes() -> None:
    rule, stubber = alarms("ALARM", "ALARM", "OK")
    assert rule(context({"AlarmName": "errors", "WaitTime": "1"})).passed
    stubber.assert_no_pending_responses()


def test_after_a_success_an_alarm_is_watched_for_all_of_its_time() -> None:
    rule, stubber = alarms("OK", "OK", "OK")
    assert rule(context({"AlarmName": "errors", "WaitTime": "1"}, condition="onSuccess")).passed
    stubber.assert_no_pending_responses()


def test_after_a_success_an_alarm_that_rings_fails_at_once() -> None:
    rule, _ = alarms("OK", "ALARM")
    result = rule(context({"AlarmName": "errors", "WaitTime": "100"}, condition="onSuccess"))
    assert (result.passed, result.summary) == (False, "Alarm errors is in state ALARM; wanted was OK.")


def test_an_alarm_that_does_not_come_to_it_fails() -> None:
    rule, _ = alarms("ALARM")
    result = rule(context({"AlarmName": "errors"}))
    assert not result.passed
    assert result.summary == "Alarm errors is in state ALARM; wanted was OK."


def test_an_alarm_that_does_not_exist_is_said_so() -> None:
    rule, _ = alarms("")
    with pytest.raises(ActionError, match="There is no CloudWatch alarm errors"):
        rule(context({"AlarmName": "errors"}))
