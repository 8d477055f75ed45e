"""The rule LambdaInvoke, with functions that run: as whom they are invoked and act, and what comes of their end."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws.iam.asking import ACCOUNT, REGION, calls
from tests.local_aws.iam.release_place import Pipeline, pipeline_in
from tests.local_aws.iam.release_template import NAME, template

CODE = """
import os
import boto3
def handler(event, context):
    print("asked with", sorted(event))
    if "CodePipeline.job" not in event:
        arn = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).get_caller_identity()["Arn"]
        return {"arn": arn, "secret": os.environ["AWS_SECRET_ACCESS_KEY"]}
    told = event["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]["UserParameters"]
    if told != "fine":
        raise ValueError("the load is too high")
    return {"load": 1}
"""
PIPELINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{NAME}-codepipeline"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{NAME}"


def with_rule(parameters: str, *, allowed: bool = True, kind: str = "BeforeEntry", trusted: str = "lambda") -> Any:
    """Return the template with the function, and a condition of the stage Build that invokes it."""
    body = template()
    trust = {"Effect": "Allow", "Principal": {"Service": f"{trusted}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    body["Resources"]["FunctionRole"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": f"{NAME}-function", "AssumeRolePolicyDocument": {"Statement": [trust]}},
    }
    body["Resources"]["Function"] = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": NAME,
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Code": {"ZipFile": CODE},
            "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
            "Timeout": 20,
        },
    }
    rule = {
        "Name": "Load",
        "RuleTypeId": {"Category": "Rule", "Owner": "AWS", "Provider": "LambdaInvoke", "Version": "1"},
        "Configuration": {"FunctionName": {"Ref": "Function"}, "UserParameters": parameters},
    }
    build = body["Resources"]["Pipeline"]["Properties"]["Stages"][1]
    build[kind] = {"Conditions": [{"Result": "FAIL", "Rules": [rule]}]}
    if allowed:
        statement = {"Sid": "AskFunctions", "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": FUNCTION}
        body["Resources"]["PipelineRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(statement)
    return body


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pipeline_in(tmp_path_factory.mktemp("functions")) as made:
        yield made


def told(pipeline: Pipeline, execution: str) -> tuple[str, str]:
    """Return status and words of the only rule that was judged in an execution."""
    found = pipeline.aws.client("codepipeline").list_rule_executions(
        pipelineName=NAME, filter={"pipelineExecutionId": execution}
    )
    (rule,) = found["ruleExecutionDetails"]
    result = rule["output"]["executionResult"]
    return rule["status"], result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")


def test_a_role_that_does_not_trust_lambda_is_not_taken(pipeline: Pipeline) -> None:
    # The first of these tests: the process of a function keeps the role that it began with.
    pipeline.update(with_rule("fine", trusted="ec2"))
    execution, status = pipeline.release()
    assert status == "Failed"
    assert "lambda.amazonaws.com is not authorized to perform: sts:AssumeRole" in told(pipeline, execution)[1]


def test_a_function_that_ends_well_lets_the_stage_be_entered(pipeline: Pipeline) -> None:
    pipeline.update(with_rule("fine"))
    execution, status = pipeline.release()
    assert (status, told(pipeline, execution)) == (
        "Succeeded",
        ("Succeeded", f'Function {NAME} answered {{"load": 1}}.'),
    )
    (call,) = (one for one in calls(pipeline.aws, execution=execution) if one["action"] == "lambda:InvokeFunction")
    assert (call["principal"], call["resources"]) == (PIPELINE_ROLE, [FUNCTION])
    assert [each["sid"] for each in call["statements"]] == ["AskFunctions"]


def test_a_function_that_ends_with_an_error_does_not(pipeline: Pipeline) -> None:
    pipeline.update(with_rule("worried"))
    execution, status = pipeline.release()
    assert status == "Failed"
    assert told(pipeline, execution) == ("Failed", f"Function {NAME} ended with an error: the load is too high.")


def test_a_role_that_may_not_invoke_it_is_told(pipeline: Pipeline) -> None:
    pipeline.update(with_rule("fine", allowed=False))
    execution, status = pipeline.release()
    words = told(pipeline, execution)[1]
    assert status == "Failed"
    assert f"Function {NAME} can't be invoked: User: " in words
    assert f"is not authorized to perform: lambda:InvokeFunction on resource: {FUNCTION}" in words


def test_a_function_acts_as_its_role_with_credentials_that_nobody_can_guess(pipeline: Pipeline) -> None:
    pipeline.update(with_rule("fine"))
    client = administrator(pipeline.aws, "lambda")
    answer = json.loads(client.invoke(FunctionName=NAME, Payload=b"{}")["Payload"].read())
    role = f"arn:aws:iam::{ACCOUNT}:role/{NAME}-function"
    derived = hashlib.sha256(f"secret:{hashlib.sha256(f'{FUNCTION}:{role}'.encode()).hexdigest()}".encode()).hexdigest()
    assert answer["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{NAME}-function/{NAME}"
    assert answer["secret"] != derived
    logs = pipeline.aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{NAME}")["events"]
    assert any("asked with []" in one["message"] for one in logs)


def test_a_functions_code_survives_a_kill(pipeline: Pipeline) -> None:
    # What changes afterwards is written without the function, whose code is to stay.
    pipeline.update(with_rule("fine", kind="OnSuccess"))
    pipeline.release()
    pipeline.aws.kill()
    pipeline.aws.start_again()
    answer = administrator(pipeline.aws, "lambda").invoke(FunctionName=NAME, Payload=b"{}")["Payload"].read()
    assert json.loads(answer)["arn"].endswith(f":assumed-role/{NAME}-function/{NAME}")
