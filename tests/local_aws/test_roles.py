"""A service takes a role when, and only when, the role's trust policy lets that very service, for that very source."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import iam, sts

from local_aws.iam.implied_actions import ROLE_FOR_TASKS
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.ministack.adapter import acting_in
from local_aws.platform.service import ServiceError
from local_aws.platform.service_roles import assume_role_as_service

ACCOUNT, REGION = "000000000000", "ca-central-1"
PROJECT = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/mine"
SERVICE = "codebuild.amazonaws.com"


def _statement(service: str = SERVICE, effect: str = "Allow", condition: Any = None) -> dict[str, Any]:
    statement = {"Effect": effect, "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {**statement, "Condition": condition} if condition else statement


@pytest.fixture
def role() -> Iterator[str]:
    with acting_in(ACCOUNT, REGION):
        created = iam._create_role(  # noqa: SLF001 - the way in which MiniStack makes a role
            {"RoleName": ["taken"], "AssumeRolePolicyDocument": [json.dumps({"Statement": [_statement()]})]}
        )
        assert created[0] == 200, created
        yield f"arn:aws:iam::{ACCOUNT}:role/taken"
        iam._roles.pop("taken")  # noqa: SLF001 - the same


def _trusting(*statements: dict[str, Any]) -> None:
    with acting_in(ACCOUNT, REGION):
        iam._roles["taken"]["AssumeRolePolicyDocument"] = json.dumps({"Statement": list(statements)})  # noqa: SLF001


def _assume(role_arn: str, service: str = SERVICE, source: str = PROJECT) -> Any:
    return assume_role_as_service(service=service, role_arn=role_arn, source_arn=source, session_name="build")


BY_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
BY_SOURCE = {"ArnLike": {"aws:SourceArn": PROJECT}}


@pytest.mark.parametrize(
    "statements",
    [
        (_statement(),),
        (_statement(condition=BY_ACCOUNT),),
        (_statement(condition={**BY_ACCOUNT, **BY_SOURCE}),),
        ({**_statement(), "Principal": {"Service": ["ecs-tasks.amazonaws.com", SERVICE]}},),
    ],
)
def test_a_trusted_service_gets_credentials(role: str, statements: tuple[dict[str, Any], ...]) -> None:
    _trusting(*statements)
    credentials = _assume(role)
    session = sts._sessions[credentials.access_key_id]  # noqa: SLF001 - what MiniStack honours
    assert session["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/taken/build"
    assert session["SessionToken"] == credentials.session_token


@pytest.mark.parametrize(
    ("statements", "more"),
    [
        ((_statement("ecs-tasks.amazonaws.com"),), {}),
        ((_statement(condition=BY_ACCOUNT),), {"source": PROJECT.replace(ACCOUNT, "111122223333")}),
        ((_statement(condition=BY_SOURCE),), {"source": PROJECT.replace("mine", "theirs")}),
        ((_statement(), _statement(effect="Deny", condition=BY_SOURCE)), {}),
        (({**_statement(), "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},), {}),
        ((_statement(),), {"service": "codepipeline.amazonaws.com"}),
        ((), {}),
    ],
)
def test_any_other_service_or_source_is_refused(
    role: str, statements: tuple[dict[str, Any], ...], more: dict[str, str]
) -> None:
    _trusting(*statements)
    with pytest.raises(ServiceError) as refused:
        _assume(role, **more)
    service = more.get("service", SERVICE)
    assert refused.value.code == "AccessDenied"
    assert refused.value.message == (
        f"User: {service} is not authorized to perform: sts:AssumeRole on resource: {role}"
    )


def test_a_role_that_is_not_there_is_refused() -> None:
    with pytest.raises(ServiceError, match="is not authorized to perform: sts:AssumeRole"):
        _assume(f"arn:aws:iam::{ACCOUNT}:role/nobody")


def test_rights_that_no_call_carries_can_be_asked(role: str) -> None:
    grant = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": f"arn:aws:iam::{ACCOUNT}:role/task",
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    }
    with acting_in(ACCOUNT, REGION):
        iam._roles["taken"]["InlinePolicies"] = {"pass": json.dumps({"Statement": [grant]})}  # noqa: SLF001
    key, implicit = _assume(role).access_key_id, Implicit(ACCOUNT, REGION)
    assert implicit.refusal(key, Asked(ROLE_FOR_TASKS, f"arn:aws:iam::{ACCOUNT}:role/task")) is None
    refused = implicit.refusal(key, Asked(ROLE_FOR_TASKS, f"arn:aws:iam::{ACCOUNT}:role/other"))
    assert refused is not None
    assert refused.action == "iam:PassRole"
    assert refused.sentence.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/taken/build is not authorized to")
    elsewhere = Asked(ROLE_FOR_TASKS, f"arn:aws:iam::{ACCOUNT}:role/task", {"iam:PassedToService": "x"})
    assert implicit.refusal(key, elsewhere) is not None
