"""What a service asks of IAM behind a request: refused where the caller lacks it, and written down once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.iam.asking import ACCOUNT, REGION, arn, made_by
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.roles import allow, role

ROLE = f"arn:aws:iam::{ACCOUNT}:role/behind"
PASSED = f"arn:aws:iam::{ACCOUNT}:role/passed"
BUCKET = "behind-requests"

OPEN = ["s3:*", "ssm:*", "sns:*", "secretsmanager:*", "ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:Create*"]
OPEN += ["codepipeline:*", "codebuild:*", "events:*"]
"""What the role may do by itself; what stands behind it is each test's."""


def _template() -> str:
    keys = [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    ]
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": keys}}},
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": BUCKET,
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": encryption}]
                },
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t", "KmsMasterKeyId": {"Ref": "Key"}}},
        "Role": role("behind", allow(OPEN), principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, policy="open"),
        "Admin": role("granting", allow(["sts:AssumeRole", "iam:PutRolePolicy"])),
    }
    return json.dumps({"Resources": resources, "Outputs": {"KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}})


@dataclass(frozen=True)
class Bench:
    """A role that may do everything but what stands behind its requests, and whoever grants it that."""

    aws: LocalAws
    key_arn: str

    @cached_property
    def admin(self) -> tuple[str, str, str]:
        return self._session("granting")

    @cached_property
    def session(self) -> tuple[str, str, str]:
        return self._session("behind", self.admin)

    def _session(self, name: str, key: Any = None) -> tuple[str, str, str]:
        return self.aws.session(f"arn:aws:iam::{ACCOUNT}:role/{name}", key=key)

    def client(self, service: str) -> Any:
        return self.aws.client(service, self.session)

    def grant(self, actions: list[str], conditions: Any = None) -> None:
        statement = {"Sid": "Behind", "Effect": "Allow", "Action": actions or ["sns:none"], "Resource": "*"}
        document = {"Statement": [{**statement, **({"Condition": conditions} if conditions else {})}]}
        self.aws.client("iam", self.admin).put_role_policy(
            RoleName="behind", PolicyName="granted", PolicyDocument=json.dumps(document)
        )


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with local_aws_in(tmp_path_factory.mktemp("behind") / "state") as aws:
        (key_arn,) = aws.make_stack("behind", _template()).values()
        made = Bench(aws, key_arn)
        made.grant(["kms:*", "iam:PassRole", "ecs:TagResource"])
        made.client("s3").put_object(Bucket=BUCKET, Key="there", Body=b"x")
        made.client("ssm").put_parameter(Name="/a", Value="v", Type="SecureString", KeyId=made.key_arn)
        made.client("secretsmanager").create_secret(Name="s", SecretString="v", KmsKeyId=made.key_arn)
        yield made


def _register(bench: Bench, **more: Any) -> Any:
    container = {"name": "web", "image": "web", "memory": 64}
    request = {"family": "web", "containerDefinitions": [container], "taskRoleArn": PASSED, **more}
    return bench.client("ecs").register_task_definition(**request)


def _target(bench: Bench) -> None:
    bench.client("events").put_rule(Name="r", EventPattern='{"source": ["a"]}')
    target = {"Id": "1", "Arn": arn("sns", "t"), "RoleArn": PASSED}
    bench.client("events").put_targets(Rule="r", Targets=[target])


OBJECT = f"arn:aws:s3:::{BUCKET}/there"
TAGS = [{"key": "stage", "value": "test"}]
PROJECT = {
    "name": "proj",
    "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
    "artifacts": {"type": "NO_ARTIFACTS"},
    "environment": {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
    "serviceRole": PASSED,
}

CASES: dict[str, tuple[Callable[[Bench], Any], list[str], str, dict[str, str]]] = {
    "an object is put": (
        lambda bench: bench.client("s3").put_object(Bucket=BUCKET, Key="there", Body=b"x"),
        ["kms:GenerateDataKey"], "S3 encrypts an object", {"kms:EncryptionContext:aws:s3:arn": OBJECT},
    ),
    "an object is read": (
        lambda bench: bench.client("s3").get_object(Bucket=BUCKET, Key="there"),
        ["kms:Decrypt"], "S3 decrypts an object", {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
    ),
    "an object is copied": (
        lambda bench: bench.client("s3").copy_object(Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/there"),
        ["kms:Decrypt", "kms:GenerateDataKey"], "S3 encrypts an object", {},
    ),
    "an upload in parts begins": (
        lambda bench: bench.client("s3").create_multipart_upload(Bucket=BUCKET, Key="large"),
        ["kms:GenerateDataKey"], "S3 encrypts an object", {},
    ),
    "a secret parameter is put": (
        lambda bench: bench.client("ssm").put_parameter(
            Name="/b", Value="v", Type="SecureString", KeyId=bench.key_arn, Overwrite=True
        ),
        ["kms:Encrypt"], "Systems Manager encrypts a parameter",
        {"kms:EncryptionContext:PARAMETER_ARN": arn("ssm", "parameter/b")},
    ),
    "a secret parameter is read": (
        lambda bench: bench.client("ssm").get_parameters(Names=["/a"], WithDecryption=True),
        ["kms:Decrypt"], "Systems Manager decrypts a parameter", {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"},
    ),
    "a secret is read": (
        lambda bench: bench.client("secretsmanager").get_secret_value(SecretId="s"),
        ["kms:Decrypt"], "Secrets Manager decrypts a secret", {},
    ),
    "a message is published": (
        lambda bench: bench.client("sns").publish(TopicArn=arn("sns", "t"), Message="m"),
        ["kms:GenerateDataKey", "kms:Decrypt"], "SNS encrypts a message",
        {"kms:ViaService": f"sns.{REGION}.amazonaws.com"},
    ),
    "a task definition names a role": (
        _register, ["iam:PassRole"], "ECS is passed a role for tasks",
        {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
    ),
    "a task definition has tags": (
        lambda bench: _register(bench, taskRoleArn="", tags=TAGS),
        ["ecs:TagResource"], "ECS tags a task definition while it registers it",
        {"ecs:CreateAction": "RegisterTaskDefinition", "aws:RequestTag/stage": "test"},
    ),
    "a cluster has tags": (
        lambda bench: bench.client("ecs").create_cluster(clusterName="c", tags=TAGS),
        ["ecs:TagResource"], "ECS tags a cluster while it makes it", {"ecs:CreateAction": "CreateCluster"},
    ),
    "a project names a role": (
        lambda bench: bench.client("codebuild").create_project(**PROJECT),
        ["iam:PassRole"], "CodeBuild is passed a role", {"iam:PassedToService": "codebuild.amazonaws.com"},
    ),
    "a rule names a role": (
        _target, ["iam:PassRole"], "EventBridge is passed a role", {"iam:PassedToService": "events.amazonaws.com"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_allowed_where_granted_and_written_down_once(bench: Bench, name: str) -> None:
    act, actions, step, keys = CASES[name]
    bench.grant(actions)
    made = made_by(bench.aws, lambda: _tolerating(act, bench), ROLE)
    asked = [call for call in made if call["origin"] != "request"]
    assert [call["action"] for call in asked] == actions
    last = asked[-1]
    assert (last["origin"], last["decision"]) == (step, "Allow")
    assert last["source"].startswith("https://docs.aws.amazon.com/")
    assert {key: last["context"].get(key) for key in keys} == keys
    assert [each["sid"] for each in last["statements"]] == ["Behind"]
    assert last["context"]["aws:SecureTransport"] == "true"


def _refused(bench: Bench, name: str, told: str) -> None:
    with pytest.raises(ClientError, match=told):
        CASES[name][0](bench)


def _tolerating(act: Callable[[Bench], Any], bench: Bench) -> None:
    """Act; what is there already from another case is no matter here."""
    try:
        act(bench)
    except ClientError as error:
        assert "AccessDenied" not in error.response["Error"]["Code"], error  # noqa: PT017 - others are fine
        assert "Authorization" not in error.response["Error"]["Code"]  # noqa: PT017 - the same


@pytest.mark.parametrize("name", CASES)
def test_each_right_is_needed(bench: Bench, name: str) -> None:
    actions = CASES[name][1]
    for missing in actions:
        bench.grant([action for action in actions if action != missing])
        told = f"not authorized to perform: {missing} on resource: "
        refused = made_by(bench.aws, lambda told=told: _refused(bench, name, told), ROLE)[-1]  # type: ignore[misc]
        assert (refused["action"], refused["decision"]) == (missing, "Deny")
        assert refused["reason"] == f"No identity-based policy allows the {missing} action."
        assert refused["origin"] != "request"


@pytest.mark.parametrize(
    ("name", "actions", "key", "value"),
    [
        ("an object is read", ["kms:Decrypt"], "kms:ViaService", "ssm.ca-central-1.amazonaws.com"),
        ("an object is read", ["kms:Decrypt"], "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::another/there"),
        ("a task definition names a role", ["iam:PassRole"], "iam:PassedToService", "ec2.amazonaws.com"),
        ("a task definition has tags", ["ecs:TagResource"], "ecs:CreateAction", "RunTask"),
        ("an object is put", ["kms:GenerateDataKey"], "aws:ResourceAccount", "111122223333"),
    ],
)
def test_a_condition_is_held_against_the_real_key(
    bench: Bench, name: str, actions: list[str], key: str, value: str
) -> None:
    bench.grant(actions, {"StringEquals": {key: value}})
    refused = made_by(bench.aws, lambda: _refused(bench, name, "not authorized"), ROLE)[-1]
    assert refused["decision"] == "Deny"
    assert refused["reason"].startswith(f"Behind allows it only where {key} StringEquals {value} (was ")


def test_what_lies_under_no_customer_key_needs_none(bench: Bench) -> None:
    bench.grant([])
    bench.client("ssm").put_parameter(Name="/c", Value="v", Type="SecureString", Overwrite=True)
    made = made_by(bench.aws, lambda: bench.client("ssm").get_parameter(Name="/c", WithDecryption=True), ROLE)
    assert [call["action"] for call in made] == ["ssm:GetParameter"]
