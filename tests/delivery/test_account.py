"""Deployments that must not begin: another account or region, no way in, nobody there."""

import socket
import time

import pytest

from tests.delivery.project import Project, topic
from tests.delivery.proxy import aws_error, in_front_of


@pytest.fixture
def ready(project: Project) -> Project:
    project.stack("one", {"Topic": topic()})
    return project


def stacks(project: Project) -> list[str]:
    found = project.client("cloudformation").list_stacks()["StackSummaries"]
    return [stack["StackName"] for stack in found if stack["StackName"].startswith(project.prefix)]


def test_another_account_is_refused_naming_both(ready: Project) -> None:
    ready.settings["account_id"] = "123456789012"

    result = ready.deploy("--yes")

    assert result.code == 2
    assert "it says account 123456789012" in result.err
    assert "belong to account 000000000000" in result.err
    assert stacks(ready) == []


def test_another_region_of_the_credentials_is_refused_naming_both(ready: Project) -> None:
    ready.settings["region"] = "eu-west-1"

    result = ready.deploy("--yes")

    assert result.code == 2
    assert "it says region eu-west-1, but the AWS configuration in use says ca-central-1" in result.err
    assert stacks(ready) == []


def test_another_region_of_the_shell_is_refused_where_the_shell_gives_the_credentials(ready: Project) -> None:
    ready.settings.update(credentials_file=None, profile=None)
    key_id, secret = ready.aws.deployer_key
    login = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}

    result = ready.deploy("--yes", AWS_DEFAULT_REGION="us-east-1", **login)

    assert result.code == 2
    assert "it says region ca-central-1, but the AWS configuration in use says us-east-1" in result.err
    assert ready.deploy("--yes", AWS_DEFAULT_REGION="ca-central-1", **login).code == 0


def test_an_environment_with_its_own_credentials_ignores_those_of_the_shell(ready: Project) -> None:
    result = ready.deploy(
        AWS_ACCESS_KEY_ID="123456789012",
        AWS_SECRET_ACCESS_KEY="other",
        AWS_PROFILE="other",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
    )

    assert result.code == 0, result.err


def test_missing_credentials_are_one_sentence(ready: Project) -> None:
    ready.settings.update(credentials_file=None, profile=None)

    result = ready.deploy("--yes", AWS_EC2_METADATA_DISABLED="true")

    assert result.code == 2
    assert "no usable AWS credentials were found" in result.err
    assert "aws sso login" in result.err


def test_half_credentials_are_one_sentence(ready: Project) -> None:
    ready.credentials = "aws_access_key_id = test\n"

    result = ready.deploy("--yes")

    assert result.code == 2
    assert "no usable AWS credentials were found (Partial credentials found" in result.err
    assert f"profile deployer of {ready.folder}/credentials" in result.err


def test_a_profile_that_is_not_there_is_one_sentence(ready: Project) -> None:
    ready.settings["profile"] = "nobody"

    result = ready.deploy("--yes")

    assert result.code == 2
    assert "The config profile (nobody) could not be found" in result.err


@pytest.mark.parametrize(
    "content", [b"", b"[deployer", b"no assignment", b"\xff\xfe", b"[deployer]\n[deployer]\n", None]
)
@pytest.mark.parametrize("name", ["broken", "bro$HOMEken"])
def test_a_broken_credentials_file_is_named(ready: Project, content: bytes | None, name: str) -> None:
    path = ready.folder / name
    if content is not None:
        path.write_bytes(content)
    ready.settings["credentials_file"] = str(path)

    result = ready.deploy("--yes", HOME="/x", HOMEken="/y")

    assert result.code == 2
    assert str(path) in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ExpiredToken", "the AWS credentials have expired"),
        ("InvalidClientTokenId", "AWS does not know these credentials"),
        ("SignatureDoesNotMatch", "the secret access key is wrong"),
        ("AccessDenied", "GetCallerIdentity is not allowed to these credentials"),
    ],
)
def test_credentials_that_aws_refuses_are_one_sentence(ready: Project, code: str, sentence: str) -> None:
    with in_front_of(ready, lambda _: aws_error(code, "as AWS words it", 403)) as proxy:
        ready.settings["endpoint_url"] = proxy.address

        result = ready.deploy("--yes")

    assert result.code == 2
    assert sentence in result.err
    assert len(result.err.splitlines()) == 1


def test_credentials_that_expire_half_way_say_what_runs_on(ready: Project) -> None:
    def expires(action: str) -> tuple[int, str] | None:
        begun = "ExecuteChangeSet" in proxy.actions and action == "DescribeStackEvents"
        return (
            aws_error("ExpiredToken", "The security token included in the request is expired", 403) if begun else None
        )

    with in_front_of(ready, expires) as proxy:
        ready.settings["endpoint_url"] = proxy.address
        result = ready.deploy("--yes")

    assert result.code == 1
    assert "the AWS credentials have expired" in result.err
    assert f"{ready.name('one')}: the operation runs on in AWS" in result.err
    assert "Run the same command again to follow it and carry on." in result.err


def test_throttling_is_outlasted(ready: Project) -> None:
    def throttles(action: str) -> tuple[int, str] | None:
        first = action == "CreateChangeSet" and proxy.actions.count(action) <= 2
        return aws_error("Throttling", "Rate exceeded") if first else None

    with in_front_of(ready, throttles) as proxy:
        ready.settings["endpoint_url"] = proxy.address
        result = ready.deploy("--yes")

    assert result.code == 0, result.err
    assert proxy.actions.count("CreateChangeSet") == 3


def test_an_endpoint_that_nobody_answers_at_is_one_sentence_within_seconds(ready: Project) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ready.settings["endpoint_url"] = f"http://127.0.0.1:{unused.getsockname()[1]}"
        began = time.monotonic()

        result = ready.deploy("--yes")

    assert result.code == 2
    assert f"{ready.settings['endpoint_url']} does not answer" in result.err
    assert time.monotonic() - began < 10


def test_a_name_that_does_not_resolve_is_one_sentence(ready: Project) -> None:
    ready.settings["endpoint_url"] = "http://nobody.invalid"

    result = ready.deploy("--yes")

    assert result.code == 2
    assert "http://nobody.invalid does not answer" in result.err


def test_a_start_command_brings_the_aws_up_before_the_first_call(ready: Project) -> None:
    ready.settings["start_command"] = ["touch", str(ready.folder / "started")]

    assert ready.deploy().code == 0
    assert (ready.folder / "started").exists()


def test_a_start_command_that_fails_is_one_sentence(ready: Project) -> None:
    ready.settings["start_command"] = ["false"]

    result = ready.deploy()

    assert result.code == 2
    assert "`false` ended with 1" in result.err


def test_a_start_command_that_is_not_there_is_one_sentence(ready: Project) -> None:
    ready.settings["start_command"] = ["bin/no-such-command"]

    result = ready.deploy()

    assert result.code == 2
    assert "its start command `bin/no-such-command` can't be run: No such file or directory." in result.err
