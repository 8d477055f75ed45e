"""What CloudFormation refuses is refused here as well, in its words, and nothing is made."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import PROJECT_FOLDER, LocalAws

TOPIC = {"Type": "AWS::SNS::Topic"}


def _topic(name: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}


BUILDS = {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}
PROJECT = {
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [BUILDS]}}},
        "Project": {
            "Type": "AWS::CodeBuild::Project",
            "Properties": {
                "ServiceRole": {"Ref": "Role"},
                "Source": {"Type": "NO_SOURCE", "BuildSpec": "version: 0.2"},
                "Artifacts": {"Type": "NO_ARTIFACTS"},
                "Environment": {
                    "Type": "LINUX_CONTAINER",
                    "ComputeType": "BUILD_GENERAL1_SMALL",
                    "Image": "aws/codebuild/standard:7.0",
                },
            },
        },
    }
}
UNRESOLVED = "Template format error: Unresolved resource dependencies [{}] in the {} block of the template"

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown type": (
        {"Resources": {"A": {"Type": "AWS::CodePipeline::Pipelin"}}},
        "Template format error: Unrecognized resource types: [AWS::CodePipeline::Pipelin]",
    ),
    "dangling Ref": ({"Resources": {"A": _topic({"Ref": "Nothing"})}}, UNRESOLVED.format("Nothing", "Resources")),
    "dangling GetAtt": (
        {"Resources": {"A": _topic({"Fn::GetAtt": ["Nothing", "Arn"]})}},
        UNRESOLVED.format("Nothing", "Resources"),
    ),
    "dangling Sub": (
        {"Resources": {"A": _topic({"Fn::Sub": "${AWS::Region}-${Nothing.Arn}"})}},
        UNRESOLVED.format("Nothing", "Resources"),
    ),
    "dangling DependsOn": (
        {"Resources": {"A": {**TOPIC, "DependsOn": ["Nothing"]}}},
        UNRESOLVED.format("Nothing", "Resources"),
    ),
    "dangling output": (
        {"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": {"Ref": "Nothing"}}}},
        UNRESOLVED.format("Nothing", "Outputs"),
    ),
    "missing condition": (
        {"Resources": {"A": {**TOPIC, "Condition": "Nothing"}}},
        "Template format error: Unresolved condition dependency Nothing in the Resources block of the template",
    ),
    "missing condition in If": (
        {"Resources": {"A": _topic({"Fn::If": ["Nothing", "a", "b"]})}},
        "Template format error: Unresolved condition dependency Nothing in the Resources block of the template",
    ),
    "unknown attribute": (
        {"Resources": {"A": TOPIC, "B": _topic({"Fn::GetAtt": ["A", "Nothing"]})}},
        "attribute Nothing does not exist",
    ),
    "missing property": (
        {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {}}}},
        "for resource A with message:\n#: required key [AssumeRolePolicyDocument] not found",
    ),
    "unknown property": (
        {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"Name": "x"}}}},
        "Properties validation failed for resource A with message:\n#: extraneous key [Name] is not permitted",
    ),
    "unknown resource attribute": (
        {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Propertis": {}}}},
        "Invalid template resource property 'Propertis'",
    ),
    "no resources": ({"Resources": {}}, "Template format error: At least one Resources member must be defined."),
    "missing mapping": (
        {"Resources": {"A": _topic({"Fn::FindInMap": ["Nothing", "a", "b"]})}},
        "Nothing",
    ),
    "role without capability": (
        {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}}},
        "Requires capabilities : [CAPABILITY_IAM]",
    ),
    "named role without capability": (
        {
            "Resources": {
                "A": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": {}}}
            }
        },
        "Requires capabilities : [CAPABILITY_NAMED_IAM]",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_template_that_aws_refuses_makes_nothing(local_aws: LocalAws, name: str) -> None:
    template, sentence = REFUSED[name]
    client, stack = local_aws.client("cloudformation"), "refused-" + name.replace(" ", "-")
    with pytest.raises(ClientError) as refused:
        client.create_change_set(
            StackName=stack, ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=json.dumps(template)
        )
    error = refused.value.response["Error"]
    assert sentence in error["Message"]
    assert error["Code"] == ("InsufficientCapabilitiesException" if "capability" in name else "ValidationError")
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName=stack)


TAKEN = {
    "description of a resource": json.dumps({"Resources": {"A": {**TOPIC, "Description": "Tells the team."}}}),
    "hooks of blue/green deployments": json.dumps(
        {"Hooks": {"Shift": {"Type": "AWS::CodeDeploy::BlueGreen", "Properties": {}}}, "Resources": {"A": TOPIC}}
    ),
    "key given twice": "Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Type: AWS::SNS::Topic\n",
    "patterns of Java": json.dumps(
        {
            "Parameters": {
                "Mail": {"Type": "String", "AllowedPattern": r"[\w-\.]+@[\w-]+", "Default": "a-b@c"},
                "Word": {"Type": "String", "AllowedPattern": r"\p{Alpha}+", "Default": "word"},
            },
            "Resources": {"A": _topic({"Ref": "Word"})},
        }
    ),
    "role of a project by its name": json.dumps(PROJECT),
    "policy as text": json.dumps(
        {
            "Resources": {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"AssumeRolePolicyDocument": json.dumps({"Statement": [BUILDS]})},
                }
            }
        }
    ),
    "number of a parameter": json.dumps(
        {
            "Parameters": {"Count": {"Type": "Number", "Default": 0}},
            "Resources": {
                "Cluster": {"Type": "AWS::ECS::Cluster"},
                "Task": {
                    "Type": "AWS::ECS::TaskDefinition",
                    "Properties": {"ContainerDefinitions": [{"Name": "web", "Image": "web", "Memory": "128"}]},
                },
                "Service": {
                    "Type": "AWS::ECS::Service",
                    "Properties": {
                        "Cluster": {"Ref": "Cluster"},
                        "TaskDefinition": {"Ref": "Task"},
                        "DesiredCount": {"Ref": "Count"},
                    },
                },
            },
        }
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_cloudformation_takes_is_made(local_aws: LocalAws, name: str) -> None:
    local_aws.make_stack("taken-" + "".join(filter(str.isalpha, name)), TAKEN[name])


def test_a_pattern_of_java_is_named_as_it_was_written(local_aws: LocalAws) -> None:
    parameters = {"Mail": {"Type": "String", "AllowedPattern": r"[\w-\.]+@[\w-]+"}}
    body = json.dumps({"Parameters": parameters, "Resources": {"A": TOPIC}})
    with pytest.raises(ClientError, match=re.escape(r"Parameter 'Mail' must match pattern [\w-\.]+@[\w-]+")):
        local_aws.client("cloudformation").create_stack(
            StackName="pattern", TemplateBody=body, Parameters=[{"ParameterKey": "Mail", "ParameterValue": "none"}]
        )


def test_what_is_no_template_is_refused(local_aws: LocalAws) -> None:
    body = json.dumps({"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service"}}]})
    with pytest.raises(ClientError, match="unsupported structure"):
        local_aws.client("cloudformation").create_stack(StackName="appspec", TemplateBody=body)


def test_every_action_with_a_template_is_guarded(local_aws: LocalAws) -> None:
    client, body = local_aws.client("cloudformation"), json.dumps({"Resources": {"A": _topic({"Ref": "Nothing"})}})
    for call, stack in (
        (client.validate_template, {}),
        (client.create_stack, {"StackName": "refused"}),
        (client.update_stack, {"StackName": "refused"}),
    ):
        with pytest.raises(ClientError, match="Unresolved resource dependencies"):
            call(TemplateBody=body, **stack)


PARAMETERS = {
    "Parameters": {
        "Word": {"Type": "String", "AllowedPattern": "[a-z]+"},
        "Choice": {"Type": "String", "AllowedValues": ["a", "b"], "Default": "a"},
    },
    "Resources": {"A": _topic({"Fn::Sub": "${Word}-${Choice}"})},
}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Parameters: [Word] must have values"),
        ({"Word": "abc", "Unknown": "x"}, "Parameters: [Unknown] do not exist in the template"),
        ({"Word": "ABC"}, "Parameter 'Word' must match pattern"),
        ({"Word": "abc", "Choice": "c"}, "Parameter 'Choice' must be one of AllowedValues"),
    ],
)
def test_parameter_values_are_checked(local_aws: LocalAws, values: dict[str, str], sentence: str) -> None:
    with pytest.raises(ClientError) as refused:
        local_aws.client("cloudformation").create_change_set(
            StackName="parameters",
            ChangeSetName="one",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(PARAMETERS),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
        )
    assert sentence in refused.value.response["Error"]["Message"]


def test_a_body_over_51200_bytes_is_refused(local_aws: LocalAws) -> None:
    body = json.dumps({"Description": "x", "Metadata": {"Filler": "x" * 51_200}, "Resources": {"A": TOPIC}})
    done = local_aws.command(
        "cloudformation", "create-change-set", "--stack-name", "large", "--change-set-name", "one",
        "--change-set-type", "CREATE", "--template-body", body,
    )  # fmt: skip
    assert "failed to satisfy constraint: Member must have length less than or equal to 51200" in done.stderr


def test_the_validators_process_ends_in_silence_where_nobody_reads_its_answer() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "local_aws.cloudformation.template_gate.validating"],
        cwd=PROJECT_FOLDER,
        env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
        input=f"{json.dumps(json.dumps({'Resources': {'A': TOPIC}}))}\n".encode(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert ended.stderr == b""
