"""A request is put again: under the same policies it comes out the same, under others as these say."""

import json
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.process.control_client import EVALUATE_PATH, LEDGER_PATH
from tests.local_aws.iam.asking import ACCOUNT, asked
from tests.local_aws_fixture import LocalAws, local_aws_in

ROLE = f"arn:aws:iam::{ACCOUNT}:role/store"
SERVICE = "codebuild.amazonaws.com"
OBJECT = "arn:aws:s3:::replayed-artifacts/a.zip"
READ: dict[str, Any] = {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::replayed-artifacts/*",
    "Condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
}


def _template() -> str:
    trust = [
        {
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        },
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/deployer"}, "Action": "sts:AssumeRole"},
    ]
    plain = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::replayed-artifacts/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policies = [
        {"PolicyName": "read", "PolicyDocument": {"Statement": [READ]}},
        {
            "PolicyName": "open",
            "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}},
        },
    ]
    key = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "kms:Decrypt", "Resource": "*"}]}
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "store",
                "AssumeRolePolicyDocument": {"Statement": trust},
                "Policies": policies,
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": key}},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "replayed-artifacts"}},
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [plain]}},
        },
    }
    outputs = {"KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws_in(tmp_path_factory.mktemp("replay") / "state") as started:
        started.make_stack("store", _template())
        yield started


def _evaluated(aws: LocalAws, principal: str = ROLE, **more: Any) -> Any:
    answer = asked(aws, EVALUATE_PATH, {"principal": principal, "action": "s3:GetObject", "resource": OBJECT, **more})
    assert answer.status == HTTPStatus.OK, answer
    return answer.members


def test_every_call_comes_out_as_it_did(aws: LocalAws) -> None:
    s3 = aws.client("s3", aws.session(ROLE))
    s3.put_object(Bucket="replayed-artifacts", Key="a.zip", Body=b"content", Tagging="stage=test")
    s3.get_object(Bucket="replayed-artifacts", Key="a.zip")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="replayed-artifacts", Key="a.zip")
    calls = asked(aws, LEDGER_PATH, {}).members["calls"]
    members = ("principal", "action", "context")
    again = [{**{name: call[name] for name in members}, "resource": call["resources"][0]} for call in calls]
    decisions = asked(aws, EVALUATE_PATH, {"requests": again}).members["decisions"]
    told = [{name: call[name] for name in decisions[0]} for call in calls]
    assert len(decisions) >= 6
    assert {each["decision"] for each in told} == {"Allow", "Deny"}
    assert decisions == told
    assert len(asked(aws, LEDGER_PATH, {}).members["calls"]) == len(calls)


def test_a_statement_less_is_a_refusal_and_says_why(aws: LocalAws) -> None:
    assert [each["sid"] for each in _evaluated(aws)["statements"]] == ["Read"]
    assert _evaluated(aws, policies=[])["reason"] == "No identity-based policy allows the s3:GetObject action."
    elsewhere = {"Statement": [{**READ, "Resource": "arn:aws:s3:::another/*"}]}
    assert _evaluated(aws, policies=[elsewhere])["reason"] == "Read allows it on other resources alone."


def test_a_condition_is_held_against_the_given_keys(aws: LocalAws) -> None:
    other = _evaluated(aws, context={"aws:ResourceAccount": "111122223333"})
    assert other["decision"] == "Deny"
    assert "aws:ResourceAccount StringEquals" in other["reason"]
    assert _evaluated(aws, context={"aws:ResourceAccount": None})["decision"] == "Deny"
    plain = _evaluated(aws, context={"aws:SecureTransport": "false"})
    assert (plain["decision"], plain["resourcePolicy"]) == ("Deny", OBJECT)


def test_a_key_must_allow_too(aws: LocalAws) -> None:
    outputs = aws.client("cloudformation").describe_stacks(StackName="store")["Stacks"][0]["Outputs"]
    key = outputs[0]["OutputValue"]
    allowed = _evaluated(aws, action="kms:Decrypt", resource=key)
    assert (allowed["decision"], allowed["resourcePolicy"]) == ("Allow", key)
    refused = _evaluated(aws, action="kms:GenerateDataKey", resource=key)
    assert refused["reason"] == "The resource's own policy does not allow it, which it must."


@pytest.mark.parametrize(
    ("principal", "context", "decision", "reason"),
    [
        (SERVICE, {"aws:SourceAccount": ACCOUNT}, "Allow", None),
        (SERVICE, {"aws:SourceAccount": "111122223333"}, "Deny", "only where aws:SourceAccount StringEquals"),
        (SERVICE, {}, "Deny", "(was not given)"),
        ("ecs-tasks.amazonaws.com", {"aws:SourceAccount": ACCOUNT}, "Deny", "does not name ecs-tasks.amazonaws.com."),
        (f"arn:aws:iam::{ACCOUNT}:user/deployer", {}, "Allow", None),
    ],
)
def test_a_trust_policy_is_asked_as_well(
    aws: LocalAws, principal: str, context: dict[str, str], decision: str, reason: str | None
) -> None:
    found = _evaluated(aws, principal, action="sts:AssumeRole", resource=ROLE, context=context)
    assert found["decision"] == decision
    assert (reason or "") in (found["reason"] or "")
    assert found["resourcePolicy"] == ROLE


def test_a_trust_policy_can_be_another(aws: LocalAws) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}]}
    found = _evaluated(aws, SERVICE, action="sts:AssumeRole", resource=ROLE, policies=[trust])
    assert found["decision"] == "Allow"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"action": None}, "A request needs action, which is text."),
        ({"principal": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "There is no arn:aws:iam::000000000000:role/nobody in"),
        ({"policy": []}, "A request has no member policy; allowed are principal, action"),
        ({"context": []}, "context is not a JSON object"),
        ({"context": [1]}, "context is not a JSON object"),
        ({"policies": "*"}, "policies is neither a list"),
        ({"policies": [{}]}, "Policy 0: Policy document must contain a Statement element."),
        ({"policies": [{"Statement": [{**READ, "Condition": ["a"]}]}]}, "Policy 0: Statement 0 has a Condition that"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(aws: LocalAws, change: dict[str, Any], told: str) -> None:
    question = {"principal": ROLE, "action": "s3:GetObject", "resource": OBJECT, **change}
    if change == {"context": []}:
        question["context"] = 3
    answer = asked(aws, EVALUATE_PATH, question)
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert answer.members["message"].startswith(told)


def test_many_questions_take_no_time(aws: LocalAws) -> None:
    documents = [{"Statement": [{**READ, "Sid": f"S{number}"} for number in range(15)]}]
    one = {"principal": ROLE, "action": "s3:GetObject", "resource": OBJECT, "policies": documents}
    began = time.monotonic()
    answer = asked(aws, EVALUATE_PATH, {"requests": [one] * 500})
    seconds = time.monotonic() - began
    assert len(answer.members["decisions"]) == 500
    assert seconds < 2
