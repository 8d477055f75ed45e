"""What a principal may do, resource by resource, and what it is told when it may not."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.roles import allow, role

ACCOUNT, REGION = "000000000000", "ca-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/limited"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/limited/tester"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _template() -> str:
    allowed = {
        "ssm:GetParameters": _arn("ssm", "parameter/mine/*"),
        "ecs:DescribeServices": _arn("ecs", "service/cruddur/mine"),
        "codebuild:BatchGetProjects": _arn("codebuild", "project/mine"),
        "codepipeline:GetPipeline": _arn("codepipeline", "mine"),
        "logs:CreateLogGroup": _arn("logs", "log-group:mine:*"),
        "ecr:GetAuthorizationToken": "*",
        "ecr:BatchCheckLayerAvailability": _arn("ecr", "repository/mine"),
    }
    resources = {
        "Role": role("limited", *(allow(action, resource) for action, resource in allowed.items())),
        "Mine": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "mine"}},
        "Theirs": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "theirs"}},
    }
    return json.dumps({"Resources": resources})


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws_in(tmp_path_factory.mktemp("permissions") / "state") as started:
        started.make_stack("roles", _template())
        yield started


@pytest.fixture(scope="module")
def key(aws: LocalAws) -> tuple[str, str, str]:
    return aws.session(ROLE)


ALLOWED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "parameters": ("ssm", "get_parameters", {"Names": ["/mine/a", "/mine/b"]}),
    "service": ("ecs", "describe_services", {"cluster": "cruddur", "services": ["mine"]}),
    "project": ("codebuild", "batch_get_projects", {"names": ["mine"]}),
    "log group": ("logs", "create_log_group", {"logGroupName": "mine"}),
}
REFUSED: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "one parameter of two": (
        "ssm", "get_parameters", {"Names": ["/mine/a", "/theirs/b"]},
        "ssm:GetParameters", _arn("ssm", "parameter/theirs/b"),
    ),
    "another service": (
        "ecs", "describe_services", {"cluster": "cruddur", "services": ["theirs"]},
        "ecs:DescribeServices", _arn("ecs", "service/cruddur/theirs"),
    ),
    "one project of two": (
        "codebuild", "batch_get_projects", {"names": ["mine", "theirs"]},
        "codebuild:BatchGetProjects", _arn("codebuild", "project/theirs"),
    ),
    "another log group": (
        "logs", "create_log_group", {"logGroupName": "mine-too"},
        "logs:CreateLogGroup", _arn("logs", "log-group:mine-too:log-stream:"),
    ),
    "another pipeline": (
        "codepipeline", "get_pipeline", {"name": "theirs"}, "codepipeline:GetPipeline", _arn("codepipeline", "theirs"),
    ),
    "an action that is not granted": (
        "codepipeline", "delete_pipeline", {"name": "mine"},
        "codepipeline:DeletePipeline", _arn("codepipeline", "mine"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_granted_is_allowed(aws: LocalAws, key: tuple[str, str, str], name: str) -> None:
    service, operation, request = ALLOWED[name]
    try:
        getattr(aws.client(service, key), operation)(**request)
    except ClientError as error:
        assert "AccessDenied" not in error.response["Error"]["Code"], error  # noqa: PT017 - other errors are fine


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_granted_is_refused_in_the_words_of_aws(
    aws: LocalAws, key: tuple[str, str, str], name: str
) -> None:
    service, operation, request, action, resource = REFUSED[name]
    with pytest.raises(ClientError) as refused:
        getattr(aws.client(service, key), operation)(**request)
    assert refused.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": (
            f"User: {SESSION} is not authorized to perform: {action} on resource: {resource} because no "
            f"identity-based policy allows the {action} action"
        ),
    }


def _registry(aws: LocalAws, method: str, path: str, password: str | None) -> tuple[int, str]:
    request = urllib.request.Request(f"{aws.endpoint_url}{path}", method=method)  # noqa: S310 - our own endpoint
    if password is not None:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"AWS:{password}".encode()).decode())
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def password(aws: LocalAws, key: tuple[str, str, str]) -> str:
    token = aws.client("ecr", key).get_authorization_token()["authorizationData"][0]["authorizationToken"]
    return base64.b64decode(token).decode().partition(":")[2]


def test_the_registry_wants_a_password_of_its_own(aws: LocalAws, password: str) -> None:
    assert _registry(aws, "GET", "/v2/", None)[0] == 401
    assert _registry(aws, "GET", "/v2/", "guessed")[0] == 401
    assert _registry(aws, "GET", "/v2/", password[:-4] + "AAAA")[0] == 401
    assert _registry(aws, "GET", "/v2/", password)[0] == 200


def test_each_request_to_the_registry_is_an_action(aws: LocalAws, password: str) -> None:
    digest = "sha256:" + "0" * 64
    assert _registry(aws, "HEAD", f"/v2/mine/blobs/{digest}", password)[0] == 404
    for method, path, action in (
        ("HEAD", f"/v2/theirs/blobs/{digest}", "ecr:BatchCheckLayerAvailability"),
        ("POST", "/v2/mine/blobs/uploads/", "ecr:InitiateLayerUpload"),
        ("PUT", "/v2/mine/manifests/one", "ecr:PutImage"),
        ("GET", "/v2/mine/manifests/one", "ecr:BatchGetImage"),
    ):
        status, text = _registry(aws, method, path, password)
        assert status == 403
        if method != "HEAD":
            message = json.loads(text)["errors"][0]["message"]
            assert message.startswith(f"User: {SESSION} is not authorized to perform: {action} on resource: ")
