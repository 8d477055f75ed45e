"""What the templates watch: when alarms ring and when they are quiet, what a dashboard shows, what is announced."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from settings.root import BUILD
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws
from tests.templates_src.systems import VARIANTS, resources, templates

ALARM = "AWS::CloudWatch::Alarm"
SHIFTING = ("blue-green", "canary", "linear")
SEVERE = (('severity = "CRITICAL"', 'severity = "HIGH"'), ("silent_days = 0", "silent_days = 3"))


def alarms(system: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: resource["Properties"] for name, resource in resources(system, ALARM)}


@pytest.mark.parametrize("variant", ["as shipped", "not watched", *SHIFTING])
def test_without_requests_no_alarm_rings(tmp_path: Path, variant: str) -> None:
    found = alarms(templates(tmp_path, VARIANTS[variant]))
    speaking = {name for name, alarm in found.items() if alarm["TreatMissingData"] != "notBreaching"}
    assert speaking == {"BackendFlaskTooFewAlarm"}
    too_few = found["BackendFlaskTooFewAlarm"]
    assert too_few["TreatMissingData"]["Fn::If"] == ["HasBackendFlaskImage", "breaching", "notBreaching"]
    assert too_few["Threshold"]["Fn::If"] == ["HasBackendFlaskImage", 1, 0], (
        "nothing is too few before an image is there"
    )
    for alarm in found.values():
        topic = [{"Fn::ImportValue": "cruddur-foundation:ReleaseTopicArn"}]
        assert alarm["AlarmActions"] == alarm["OKActions"] == topic


def test_the_error_alarm_needs_a_number_and_a_share(tmp_path: Path) -> None:
    made = templates(tmp_path, (("errors_a_minute = 5\nerror_percent = 5", "errors_a_minute = 7\nerror_percent = 2"),))
    alarm = alarms(made)["BackendFlaskErrorAlarm"]
    *measured, watched = alarm["Metrics"]
    assert watched["Expression"] == "IF(errors >= 7, 100 * errors / requests, 0)"
    assert [one["MetricStat"]["Metric"]["MetricName"] for one in measured] == [
        "HTTPCode_Target_5XX_Count",
        "RequestCount",
    ]
    assert alarm["Threshold"] == 2


@pytest.mark.parametrize("variant", SHIFTING)
def test_both_target_groups_are_looked_at(tmp_path: Path, variant: str) -> None:
    found = alarms(templates(tmp_path, VARIANTS[variant]))
    expressions = {name: alarm["Metrics"][-1]["Expression"] for name, alarm in found.items() if "Metrics" in alarm}
    assert expressions["BackendFlaskUnhealthyAlarm"] == expressions["BackendFlaskSlowAlarm"] == "MAX([group1, group2])"
    assert expressions["BackendFlaskTooFewAlarm"] == "SUM([group1, group2])"
    assert expressions["BackendFlaskErrorAlarm"] == expressions["BackendFlaskAlternateErrorAlarm"]


@pytest.mark.parametrize("variant", ["as shipped", *SHIFTING])
def test_the_watch_after_a_deployment_fits_a_condition(tmp_path: Path, variant: str) -> None:
    made = templates(tmp_path, (*VARIANTS[variant], ("watch_minutes = 0", "watch_minutes = 5")))
    (pipeline,) = [one for _, one in resources(made, "AWS::CodePipeline::Pipeline")]
    ((condition,),) = [
        stage["OnSuccess"]["Conditions"] for stage in pipeline["Properties"]["Stages"] if "OnSuccess" in stage
    ]
    watched = {rule["Configuration"]["AlarmName"] for rule in condition["Rules"]}
    assert watched == {alarm["AlarmName"] for name, alarm in alarms(made).items() if name != "ErrorAlarm"}
    assert len(condition["Rules"]) <= 5


@pytest.mark.parametrize("variant", ["as shipped", "canary"])
def test_a_dashboard_shows_what_is_there(tmp_path: Path, variant: str) -> None:
    made = templates(tmp_path, VARIANTS[variant])
    (dashboard,) = [one["Properties"] for _, one in resources(made, "AWS::CloudWatch::Dashboard")]
    text, known = dashboard["DashboardBody"]["Fn::Sub"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(known)
    widgets = json.loads(text)["widgets"]
    assert all(one["x"] + one["width"] <= 24 for one in widgets)
    assert len({(one["x"], one["y"]) for one in widgets}) == len(widgets)
    (shown,) = [one["properties"]["alarms"] for one in widgets if one["type"] == "alarm"]
    named = {arn.rpartition(":")[2] for arn in shown}
    assert named == {alarm["AlarmName"] for name, alarm in alarms(made).items() if name != "ErrorAlarm"}


def test_what_the_settings_turn_off_is_not_there(tmp_path: Path) -> None:
    off = (("slow_milliseconds = 3000", "slow_milliseconds = 0"), ("dashboard = true", "dashboard = false"))
    made = templates(tmp_path, (*off, ('severity = "CRITICAL"', 'severity = "NONE"')))
    assert "BackendFlaskSlowAlarm" not in alarms(made)
    assert not list(resources(made, "AWS::CloudWatch::Dashboard"))
    assert not list(resources(made, "AWS::Events::Rule"))


def test_a_silent_pipeline_is_told_of_where_that_is_asked_for(tmp_path: Path) -> None:
    assert "SilentAlarm" not in alarms(
        {path.stem: json.loads(path.read_text("utf-8")) for path in BUILD.glob("cruddur-*.json")}
    )
    alarm = alarms(templates(tmp_path, SEVERE))["SilentAlarm"]
    assert (alarm["Period"] * alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (3 * 86_400, "breaching")


SCANNED = {"scan-status": "COMPLETE", "image-digest": "sha256:7f5b2640", "image-tags": []}
FOUND = {"severity": "HIGH", "status": "ACTIVE", "title": "CVE-2019-0001 - zlib"}


def event(source: str, kind: str, detail: dict[str, Any]) -> str:
    """Return an event as AWS's pages show them.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
    """
    common = {"id": "1", "account": "000000000000", "time": "2026-01-01T00:00:00Z", "region": "ca-central-1"}
    return json.dumps({**common, "source": source, "detail-type": kind, "resources": [], "detail": detail})


def scan(repository: str, **counts: int) -> str:
    detail = {**SCANNED, "repository-name": repository, "finding-severity-counts": counts}
    return event("aws.ecr", "ECR Image Scan", detail)


def finding(repository: str, **more: str) -> str:
    image = {"repositoryName": repository, "imageHash": "sha256:7f5b2640"}
    resource = {"type": "AWS_ECR_CONTAINER_IMAGE", "details": {"awsEcrContainerImage": image}}
    return event("aws.inspector2", "Inspector2 Finding", {**FOUND, **more, "resources": [resource]})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "told", "matches"),
    [
        ("ScanFindingsRule", scan("backend-flask", CRITICAL=1), True),
        ("ScanFindingsRule", scan("backend-flask", HIGH=2, LOW=1), True),
        ("ScanFindingsRule", scan("backend-flask", MEDIUM=9), False),
        ("ScanFindingsRule", scan("another", CRITICAL=1), False),
        ("InspectorFindingsRule", finding("backend-flask"), True),
        ("InspectorFindingsRule", finding("backend-flask", severity="LOW"), False),
        ("InspectorFindingsRule", finding("backend-flask", status="CLOSED"), False),
        ("InspectorFindingsRule", finding("another"), False),
    ],
)
def test_findings_that_would_refuse_an_image_are_announced(
    tmp_path: Path,
    local_aws: LocalAws,
    rule: str,
    told: str,
    matches: bool,  # noqa: FBT001 - a table's column
) -> None:
    made = dict(resources(templates(tmp_path, SEVERE), "AWS::Events::Rule"))[rule]["Properties"]
    pattern = json.dumps(made["EventPattern"])
    assert administrator(local_aws, "events").test_event_pattern(EventPattern=pattern, Event=told)["Result"] is matches
