"""Alarms on expressions and percentiles: made by stacks and requests, shown as they were asked for, and set off."""

import time
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from local_aws.platform.minute import minute
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator, administrator_key
from tests.local_aws_fixture import LocalAws
from tests.support.waiting import until

pytestmark = pytest.mark.slow

SHARE = "IF(requests >= 10, 100 * errors / requests, 0)"
THRESHOLD = {"EvaluationPeriods": 1, "Threshold": 20, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}


def of_metric(name: str, namespace: str, stat: str = "Sum") -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": name.title(), "Dimensions": [{"Name": "Group", "Value": "a"}]}
    return {"Id": name, "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}


def queries(namespace: str, expression: str = SHARE) -> list[dict[str, Any]]:
    watched = {"Id": "share", "Expression": expression, "Label": "Share", "ReturnData": True}
    return [of_metric("errors", namespace), of_metric("requests", namespace), watched]


def template(properties: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}}


def publish(watching: Any, namespace: str, minutes_ago: float, **values: list[float]) -> None:
    """Publish values in an earlier period, whose verdict is final."""
    common = {"Dimensions": [{"Name": "Group", "Value": "a"}], "Timestamp": time.time() - minute() * minutes_ago}
    data = [{"MetricName": name.title(), "Values": each, **common} for name, each in values.items()]
    watching.put_metric_data(Namespace=namespace, MetricData=data)


def found(watching: Any, name: str) -> Any:
    (alarm,) = watching.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm


def test_an_alarm_of_a_stack_follows_its_expression(local_aws: LocalAws) -> None:
    stack, watching = StackDriver(local_aws), administrator(local_aws, "cloudwatch")
    asked = {"AlarmName": stack.name, "Metrics": queries(stack.name), "TreatMissingData": "notBreaching", **THRESHOLD}
    assert stack.create(template(asked)) == "CREATE_COMPLETE", stack.reasons()
    alarm = found(watching, stack.name)
    assert alarm["Metrics"] == queries(stack.name)
    assert not {"MetricName", "Namespace", "Statistic", "Period"} & set(alarm)

    publish(watching, stack.name, 1, errors=[1] * 4, requests=[1] * 9)
    assert found(watching, stack.name)["StateValue"] == "OK", "below the floor"
    publish(watching, stack.name, 1, errors=[1] * 4, requests=[1] * 11)
    alarm = found(watching, stack.name)
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 of 1 periods [")

    more = {**asked, "Threshold": 60, "Metrics": queries(stack.name, "FILL(errors, 0) * 6")}
    assert stack.update(template(more)) == "UPDATE_COMPLETE", stack.reasons()
    assert found(watching, stack.name)["Metrics"][-1]["Expression"] == "FILL(errors, 0) * 6"
    until(lambda: found(watching, stack.name)["StateValue"] == "OK", "48 is less than 60")
    assert stack.delete() == "DELETE_COMPLETE"
    assert watching.describe_alarms(AlarmNames=[stack.name])["MetricAlarms"] == []


def test_an_alarm_of_a_request_is_kept_and_says_what_is_not_evaluated(local_aws: LocalAws) -> None:
    watching, name = administrator(local_aws, "cloudwatch"), uuid.uuid4().hex
    asked = {"AlarmName": name, "TreatMissingData": "notBreaching", **THRESHOLD}
    watching.put_metric_alarm(**asked, Metrics=queries(name))
    assert found(watching, name)["StateValue"] == "OK", "without data nothing breaches"
    watching.put_metric_alarm(**asked, Metrics=queries(name, "RATE(errors)"))
    alarm = found(watching, name)
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert alarm["StateReason"].endswith("does not evaluate this part of the alarm: RATE(errors)")
    assert alarm["Metrics"] == queries(name, "RATE(errors)")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"Metrics": [of_metric("errors", "N")]}, "Exactly one element of the metrics list should return data."),
        ({"Metrics": [{"Id": "Share", "Expression": "1"}]}, "'Share' is not an id"),
        ({"Metrics": [{"Id": "share"}]}, "share must have either MetricStat or Expression"),
        ({"Metrics": queries("N"), "MetricName": "Errors"}, "MetricName must not be set when Metrics is."),
    ],
)
def test_metrics_that_say_too_little_or_too_much_are_refused(
    local_aws: LocalAws, changed: dict[str, Any], sentence: str
) -> None:
    watching = administrator(local_aws, "cloudwatch")
    with pytest.raises(ClientError, match="ValidationError") as refused:
        watching.put_metric_alarm(AlarmName="refused", **THRESHOLD, **changed)
    assert sentence in str(refused.value)


def test_an_alarm_on_a_percentile_looks_at_the_values(local_aws: LocalAws) -> None:
    watching, name = administrator(local_aws, "cloudwatch"), uuid.uuid4().hex
    metric = of_metric("latency", name)["MetricStat"]["Metric"]
    threshold = {**THRESHOLD, "Threshold": 2.0}
    for statistic in ("p50", "p99"):
        watching.put_metric_alarm(
            AlarmName=f"{name}-{statistic}", **metric, ExtendedStatistic=statistic, Period=60, **threshold
        )
    publish(watching, name, 1, latency=[0.1] * 50 + [5.0] * 2)
    assert found(watching, f"{name}-p50")["StateValue"] == "OK"
    assert found(watching, f"{name}-p99")["StateValue"] == "ALARM"


def test_a_form_of_an_older_client_is_kept_as_well(local_aws: LocalAws) -> None:
    watching, name = administrator(local_aws, "cloudwatch"), uuid.uuid4().hex
    metric, dimension = "Metrics.member.1.MetricStat", "Metrics.member.1.MetricStat.Metric.Dimensions.member.1"
    form = {
        "Action": "PutMetricAlarm",
        "Version": "2010-08-01",
        "AlarmName": name,
        **THRESHOLD,
        "Metrics.member.1.Id": "errors",
        "Metrics.member.1.ReturnData": "false",
        f"{metric}.Period": "60",
        f"{metric}.Stat": "Sum",
        f"{metric}.Metric.Namespace": name,
        f"{metric}.Metric.MetricName": "Errors",
        f"{dimension}.Name": "Group",
        f"{dimension}.Value": "a",
        "Metrics.member.2.Id": "twice",
        "Metrics.member.2.Expression": "errors * 2",
    }
    request = AWSRequest("POST", local_aws.endpoint_url, data=urlencode(form).encode())
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    SigV4Auth(Credentials(*administrator_key(local_aws)), "monitoring", local_aws.region).add_auth(request)
    assert URLLib3Session().send(request.prepare()).status_code == 200
    assert found(watching, name)["Metrics"] == [
        of_metric("errors", name),
        {"Id": "twice", "Expression": "errors * 2", "ReturnData": True},
    ]
    publish(watching, name, 1, errors=[10])
    assert found(watching, name)["StateValue"] == "ALARM"


def test_a_stack_with_metrics_that_are_refused_says_why(local_aws: LocalAws) -> None:
    stack = StackDriver(local_aws)
    asked = {"Metrics": [of_metric("errors", "N")], **THRESHOLD}
    assert stack.create(template(asked)) == "ROLLBACK_COMPLETE"
    assert "Exactly one element of the metrics list should return data." in stack.reasons()
