"""Credentials of every kind that can't be used: one sentence names the profile and what to do, in every command."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bad_endpoints import refusing
from tests.delivery.project import OWN_ACCOUNT, Project, Result, topic
from tests.delivery.terminal import on_terminal

GOOD = {"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "secret"}
COMMANDS = (("deploy",), ("deploy", "--review"), ("destroy",), ("secret", "list"), ("status",), ("release",), ("logs",))


@pytest.fixture
def ready(project: Project) -> Project:
    stack = project.stack("one", {"Topic": topic()})
    names = ("service", "pipeline", "branch", "repository", "cluster", "ecs_service", "container", "health_check_path")
    project.manifest["pipelines"] = [{**dict.fromkeys(names, "web"), "stack": stack, "url": None, "desired_count": 1}]
    project.settings.update(profile="team")
    return project


def printing(text: str) -> str:
    return f"credential_process = printf %s '{text}'"


def given(**changes: object) -> str:
    return printing(json.dumps({**GOOD, **changes}))


SETTINGS: Mapping[str, str] = {
    "a program that prints nothing": printing(""),
    "no JSON": printing("logged out"),
    "a list": printing("[1]"),
    "a text": printing("7"),
    "another version": given(Version=2),
    "no secret": printing(json.dumps({"Version": 1, "AccessKeyId": "A"})),
    "a key that is a number": given(AccessKeyId=7),
    "a key of two lines": "credential_process = printf '%b' '" + json.dumps({**GOOD, "AccessKeyId": "A\\nB"}) + "'",
    "a bad date": given(Expiration="next week"),
    "a date without a zone": given(Expiration="2030-01-01T00:00:00"),
    "a date that has passed": given(Expiration="2020-01-01T00:00:00Z"),
    "a program that fails": "credential_process = sh -c 'echo log in first >&2; exit 3'",
    "a program that is not there": "credential_process = /no/such/program",
    "half a quote": "credential_process = printf 'half",
    "a role": "role_arn = arn:aws:iam::000000000000:role/x\nsource_profile = base",
    "a role of itself": "role_arn = arn:aws:iam::000000000000:role/x\nsource_profile = team",
    "a role without a source": "role_arn = arn:aws:iam::000000000000:role/x",
    "a token file": "role_arn = arn:aws:iam::000000000000:role/x\nweb_identity_token_file = /no/such/token",
    "a login of the browser": "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
    "sso_account_id = 000000000000\nsso_role_name = x",
    "half a login of the browser": "sso_start_url = https://x.awsapps.com/start",
    "a session that nobody defines": "sso_session = nobody\nsso_account_id = 000000000000\nsso_role_name = x",
    "half a key": "aws_access_key_id = A",
    "nothing": "region = ca-central-1",
}
"""Each a profile's settings."""


def write(project: Project, settings: str) -> Path:
    """Write the profile as the user's own configuration."""
    path = project.folder / "config"
    path.write_text(f"[profile team]\n{settings}\n[profile base]\naws_access_key_id = A\naws_secret_access_key = B\n")
    project.settings.update(credentials_file=None)
    return path


def assert_one_sentence(result: Result) -> None:
    [sentence] = result.err.splitlines()
    assert result.code == 2
    assert "team" in sentence
    assert "Traceback" not in sentence
    assert "does not answer" not in sentence
    assert any(advice in sentence for advice in ("log in", "correct", "add that profile", "name a profile")), sentence


@pytest.mark.parametrize("kind", SETTINGS)
def test_each_kind_is_one_sentence(ready: Project, kind: str) -> None:
    config = write(ready, SETTINGS[kind])

    result = ready.deploy("--json", AWS_CONFIG_FILE=str(config), AWS_EC2_METADATA_DISABLED="true")

    assert_one_sentence(result)
    [problem] = result.of_kind("problem")
    assert (problem["failed"], problem["sentences"]) == (False, result.err.splitlines())


@pytest.mark.parametrize("words", COMMANDS)
def test_each_command_says_it(ready: Project, words: tuple[str, ...]) -> None:
    config = write(ready, SETTINGS["no JSON"])

    assert_one_sentence(ready.run(*words, AWS_CONFIG_FILE=str(config)))


def test_a_role_is_not_asked_of_aws_while_another_endpoint_is_set(ready: Project) -> None:
    config = write(ready, SETTINGS["a role"])

    result = ready.deploy(AWS_CONFIG_FILE=str(config))

    assert "profile team: it takes the role arn:aws:iam::000000000000:role/x, which AWS itself" in result.err
    assert ready.endpoint in result.err


def test_a_code_of_a_device_wants_a_terminal(ready: Project) -> None:
    device = "mfa_serial = arn:aws:iam::000000000000:mfa/me"
    config = write(ready, f"{SETTINGS['a role']}\n{device}")
    ready.settings.update(endpoint_url=None, account_id=OWN_ACCOUNT)

    result = ready.deploy(AWS_CONFIG_FILE=str(config))

    assert_one_sentence(result)
    assert "multi-factor device, and there is no terminal" in result.err


def test_a_code_of_a_device_is_asked_for_on_a_terminal(ready: Project) -> None:
    """AWS itself would be asked next, so a proxy that refuses is in the way."""
    device = "mfa_serial = arn:aws:iam::000000000000:mfa/me"
    config = write(ready, f"{SETTINGS['a role']}\n{device}")
    ready.settings.update(endpoint_url=None, request_seconds=1, account_id=OWN_ACCOUNT)

    with on_terminal(ready, "deploy", AWS_CONFIG_FILE=str(config), HTTPS_PROXY=refusing()) as terminal:
        terminal.wait_for("Enter MFA code for arn:aws:iam::000000000000:mfa/me:")
        terminal.type("123456")
        code = terminal.end()

    assert code == 2
    assert "123456" not in terminal.text
    assert "Traceback" not in terminal.text
    assert "HTTPS_PROXY names that proxy" in terminal.text


def test_a_login_of_the_browser_that_has_ended_says_how_to_log_in(ready: Project) -> None:
    start = "https://x.awsapps.com/start"
    token = ready.folder / ".aws" / "sso" / "cache" / f"{hashlib.sha1(start.encode()).hexdigest()}.json"  # noqa: S324 - the name that the AWS CLI uses
    token.parent.mkdir(parents=True)
    ended = {"startUrl": start, "region": "us-east-1", "accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"}
    token.write_text(json.dumps(ended))
    config = write(ready, SETTINGS["a login of the browser"])

    environment = ready.variables(AWS_CONFIG_FILE=str(config))  # where the token lies is fixed as botocore is loaded
    done = subprocess.run(
        ready.command("deploy"), cwd=ready.folder, env=environment, capture_output=True, text=True, check=False
    )

    assert_one_sentence(Result(done.returncode, done.stdout, done.stderr))
    assert "expired" in done.stderr
    assert "`aws sso login --profile team`" in done.stderr


def test_a_program_that_gives_credentials_is_used(ready: Project) -> None:
    key_id, secret = ready.aws.deployer_key
    config = write(ready, given(AccessKeyId=key_id, SecretAccessKey=secret, Expiration="2099-01-01T00:00:00Z"))

    result = ready.run("secret", "list", AWS_CONFIG_FILE=str(config))

    assert result.code == 0, result.err
