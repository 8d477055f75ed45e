"""Every decision is written down: who asked, which statement allowed it, or why none did."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.process.control_client import LEDGER_PATH, Answer
from tests.local_aws.iam.asking import ACCOUNT, REGION, asked, calls
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.roles import role

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
PARAMETERS = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"
STATEMENTS: list[dict[str, Any]] = [
    {"Sid": "ReadMine", "Effect": "Allow", "Action": ["ssm:GetParameters"], "Resource": [f"{PARAMETERS}/mine/*"]},
    {"Sid": "ReadAnywhere", "Effect": "Allow", "Action": "ssm:Get*", "Resource": f"{PARAMETERS}/mine/both"},
    {
        "Sid": "ListHere",
        "Effect": "Allow",
        "Action": "s3:ListAllMyBuckets",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    },
    {"Sid": "NoSecrets", "Effect": "Deny", "Action": "ssm:*", "Resource": f"{PARAMETERS}/mine/secret"},
]


def _template() -> str:
    agreed = {"sts:ExternalId": "agreed"}
    return json.dumps({"Resources": {"ReaderRole": role("reader", *STATEMENTS, policy="read", StringEquals=agreed)}})


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws_in(tmp_path_factory.mktemp("ledger") / "state") as started:
        started.make_stack("roles", _template())
        yield started


@pytest.fixture(scope="module")
def key(aws: LocalAws) -> tuple[str, str, str]:
    return aws.session(ROLE, ExternalId="agreed")


def _asked(aws: LocalAws, query: str = "", **more: Any) -> Answer:
    return asked(aws, f"{LEDGER_PATH}{query}", None, **{"method": "GET", **more})


def _last(aws: LocalAws, action: str) -> Any:
    return [call for call in calls(aws) if call["action"] == action][-1]


def test_an_allowed_call_names_every_statement_that_allows_it(aws: LocalAws, key: tuple[str, str, str]) -> None:
    aws.client("ssm", key).get_parameters(Names=["/mine/both"])
    call = _last(aws, "ssm:GetParameters")
    assert (call["principal"], call["session"], call["decision"]) == (ROLE, "tester", "Allow")
    assert call["resources"] == [f"{PARAMETERS}/mine/both"]
    place = {"stack": "roles", "logicalId": "ReaderRole", "role": "reader", "policy": "read"}
    assert call["statements"] == [
        {**place, "sid": "ReadMine", "index": 0},
        {**place, "sid": "ReadAnywhere", "index": 1},
    ]
    assert (call["origin"], call["source"], call["reason"], call["resourcePolicy"]) == ("request", None, None, None)
    known = call["context"]
    assert known["aws:PrincipalArn"] == ROLE
    assert known["aws:SecureTransport"] == "true"
    assert (known["aws:ResourceAccount"], known["aws:RequestedRegion"]) == (ACCOUNT, REGION)


@pytest.mark.parametrize(
    ("service", "operation", "request_", "reason", "sids"),
    [
        ("ssm", "get_parameters", {"Names": ["/theirs"]}, "ReadMine allows it on other resources alone; Read", []),
        ("ssm", "get_parameters", {"Names": ["/mine/secret"]}, "A statement denies it.", ["NoSecrets"]),
        ("ssm", "put_parameter", {"Name": "/mine/a", "Value": "1", "Type": "String"}, "No identity-based policy", []),
        ("s3", "list_buckets", {}, "ListHere allows it only where aws:RequestedRegion StringEquals eu-west-1 (was", []),
    ],
)
def test_a_refused_call_says_why(
    aws: LocalAws,
    key: tuple[str, str, str],
    service: str,
    operation: str,
    request_: dict[str, Any],
    reason: str,
    sids: list[str],
) -> None:
    with pytest.raises(ClientError, match=r"not authorized|Access Denied"):
        getattr(aws.client(service, key), operation)(**request_)
    call = calls(aws, principal=ROLE)[-1]
    assert call["decision"] == "Deny"
    assert call["reason"].startswith(reason)
    assert [each["sid"] for each in call["statements"]] == sids


def test_each_resource_is_a_decision_of_its_own(aws: LocalAws, key: tuple[str, str, str]) -> None:
    before = len(calls(aws, principal=ROLE))
    aws.client("ssm", key).get_parameters(Names=["/mine/a", "/mine/b"])
    found = calls(aws, principal=ROLE)[before:]
    assert [call["resources"] for call in found] == [[f"{PARAMETERS}/mine/a"], [f"{PARAMETERS}/mine/b"]]
    numbers = [call["sequence"] for call in calls(aws)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_trust_policy_that_refuses_is_told(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session(ROLE, ExternalId="guessed")
    call = _last(aws, "sts:AssumeRole")
    assert (call["decision"], call["resourcePolicy"], call["resources"]) == ("Deny", ROLE, [ROLE])
    assert call["reason"].endswith("only where sts:ExternalId StringEquals agreed (was guessed).")


def test_the_deployer_is_a_principal_like_any_other(aws: LocalAws) -> None:
    call = next(call for call in calls(aws) if call["action"] == "cloudformation:CreateStack")
    assert call["principal"] == f"arn:aws:iam::{ACCOUNT}:user/deployer"
    assert call["session"] is None
    where = {"stack": None, "logicalId": None, "role": "deployer", "policy": "deployer"}
    assert call["statements"] == [{**where, "sid": "DeployStacks", "index": 0}]


def test_the_endpoint_filters(aws: LocalAws, key: tuple[str, str, str]) -> None:
    aws.client("ssm", key).get_parameters(Names=["/mine/a"])
    everything = calls(aws)
    last = everything[-1]
    assert [call["principal"] for call in everything] != [ROLE] * len(everything)
    assert {call["principal"] for call in calls(aws, principal=ROLE)} == {ROLE}
    assert calls(aws, since=last["time"] - 1e-6) == [last]
    assert _asked(aws, f"?principal={ROLE}&since={last['time'] - 1e-6}").members["calls"] == [last]
    assert calls(aws, execution="no-such-execution") == []
    text = (aws.state_folder / "ledger" / "calls.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == everything


def test_the_endpoint_is_for_those_with_the_token_and_says_what_it_takes(aws: LocalAws) -> None:
    assert _asked(aws, token="guessed").status == HTTPStatus.FORBIDDEN
    wrong = _asked(aws, "?role=reader")
    assert wrong.status == HTTPStatus.BAD_REQUEST
    assert wrong.members["message"] == "There is no filter role; allowed are execution, principal, since."
    assert "since is 'yesterday'" in _asked(aws, "?since=yesterday").members["message"]


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        ("Allow", "ReadMine allows it, but the permissions boundary or the session's policy does not"),
        ("Deny", "The permissions boundary or the session's policy denies it."),
    ],
)
def test_a_limit_of_the_session_is_told_apart(aws: LocalAws, effect: str, reason: str) -> None:
    limit = {"Statement": [{"Effect": effect, "Action": "*" if effect == "Deny" else "s3:*", "Resource": "*"}]}
    key = aws.session(ROLE, RoleSessionName="limited", ExternalId="agreed", Policy=json.dumps(limit))
    with pytest.raises(ClientError, match="not authorized"):
        aws.client("ssm", key).get_parameters(Names=["/mine/a"])
    call = calls(aws, principal=ROLE)[-1]
    assert (call["session"], call["decision"], call["statements"]) == ("limited", "Deny", [])
    assert reason in call["reason"]
