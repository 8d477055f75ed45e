"""A build within the embedded AWS: real roles, real rights, real logs, started by a client from outside."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.local_aws.codebuild.conftest import spec
from tests.local_aws_fixture import LocalAws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "000000000000"}},
        }
    ],
}
LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
REPORTS = [
    "codebuild:CreateReportGroup",
    "codebuild:CreateReport",
    "codebuild:UpdateReport",
    "codebuild:BatchPutTestCases",
]
SECONDS = 30


@pytest.fixture
def project(local_aws: LocalAws) -> Iterator[Callable[..., str]]:
    """Deploy a project with a role that may do these actions; give its name."""
    name = f"shop-{uuid.uuid4().hex[:8]}"

    def make(*actions: str, trust: Any = TRUST) -> str:
        body = json.dumps(template(name, actions or ("s3:ListAllMyBuckets",), trust))
        local_aws.make_stack(name, body)
        return name

    yield make
    local_aws.client("cloudformation").delete_stack(StackName=name)


def template(name: str, actions: Sequence[str], trust: Any) -> Any:
    statement = {"Effect": "Allow", "Action": [*actions], "Resource": "*"}
    policy = {"PolicyName": "rights", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    environment = {
        "Type": "LINUX_CONTAINER",
        "Image": "aws/codebuild/standard:7.0",
        "ComputeType": "BUILD_GENERAL1_SMALL",
    }
    return {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust, "Policies": [policy]},
            },
            "Greeting": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": f"/{name}/greeting", "Type": "String", "Value": "hello-from-ssm"},
            },
            "Project": {
                "Type": "AWS::CodeBuild::Project",
                "Properties": {
                    "Name": name,
                    "Source": {"Type": "NO_SOURCE", "BuildSpec": spec("true")},
                    "Artifacts": {"Type": "NO_ARTIFACTS"},
                    "Environment": environment,
                    "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
                },
            },
        }
    }


def ended(local_aws: LocalAws, name: str, buildspec: str) -> Any:
    codebuild = local_aws.client("codebuild")
    build = codebuild.start_build(projectName=name, buildspecOverride=buildspec)["build"]
    deadline = time.monotonic() + SECONDS
    while not build["buildComplete"]:
        assert time.monotonic() < deadline, build["phases"]
        time.sleep(0.1)
        (build,) = codebuild.batch_get_builds(ids=[build["id"]])["builds"]
    return build


def reason(build: Any) -> str:
    found = [
        context["message"] for phase in build["phases"] for context in phase.get("contexts", []) if context["message"]
    ]
    return found[0] if found else ""


def test_commands_act_as_the_role_and_the_log_arrives(local_aws: LocalAws, project: Callable[..., str]) -> None:
    name = project(*LOGS, *REPORTS, "ssm:GetParameters")
    junit = '<testsuite name="s"><testcase name="a" classname="b" time="1"/></testsuite>'
    text = spec(
        "aws sts get-caller-identity --query Arn --output text",
        "echo ${#GREETING} $GREETING",
        f"echo '{junit}' >junit.xml",
        reports="reports:\n  unit: {files: [junit.xml]}\n",
    ).replace("phases:", f"env: {{parameter-store: {{GREETING: /{name}/greeting}}}}\nphases:")
    build = ended(local_aws, name, text)
    assert build["buildStatus"] == "SUCCEEDED", reason(build)
    logs = local_aws.client("logs").get_log_events(
        logGroupName=f"/aws/codebuild/{name}", logStreamName=build["logs"]["streamName"], startFromHead=True
    )
    lines = [event["message"].rstrip("\n") for event in logs["events"]]
    identity = f"arn:aws:sts::000000000000:assumed-role/{name}/AWSCodeBuild-{build['id'].rpartition(':')[2]}"
    assert identity in lines
    assert "14 ***" in lines
    (report,) = local_aws.client("codebuild").batch_get_reports(reportArns=build["reportArns"])["reports"]
    assert report["testSummary"]["total"] == 1


@pytest.mark.parametrize(
    ("rights", "phase", "code", "message"),
    [
        (
            LOGS,
            "DOWNLOAD_SOURCE",
            "Decrypted Variables Error",
            "is not authorized to perform: ssm:GetParameters on resource",
        ),
        ([], "QUEUED", "ACCESS_DENIED", "does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams"),
    ],
)
def test_a_missing_right_fails_where_it_does_on_aws(
    local_aws: LocalAws, project: Callable[..., str], rights: list[str], phase: str, code: str, message: str
) -> None:
    name = project(*rights)
    text = spec("true").replace("phases:", "env: {parameter-store: {A: /shop/a}}\nphases:")
    build = ended(local_aws, name, text)
    assert build["buildStatus"] == "FAILED"
    failed = next(item for item in build["phases"] if item.get("phaseStatus") == "FAILED")
    assert failed["phaseType"] == phase
    assert failed["contexts"][0]["statusCode"] == code
    assert message in failed["contexts"][0]["message"]


def test_a_role_that_trusts_another_project_is_not_taken(local_aws: LocalAws, project: Callable[..., str]) -> None:
    condition = {"ArnEquals": {"aws:SourceArn": "arn:aws:codebuild:ca-central-1:000000000000:project/other"}}
    name = project(*LOGS, trust={**TRUST, "Statement": [{**TRUST["Statement"][0], "Condition": condition}]})  # type: ignore[dict-item] # a policy document
    build = ended(local_aws, name, spec("true"))
    assert "CodeBuild is not authorized to perform: sts:AssumeRole" in reason(build)
