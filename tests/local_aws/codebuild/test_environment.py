"""The environment of the commands: what is in it, what is not, who wins, and what the log hides."""

import json
import os
from pathlib import Path

import pytest

from local_aws.services.codebuild.builds.ports import Machine
from tests.local_aws.codebuild.conftest import PATH, Bench, spec


def printed(output: list[str]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in output if "=" in line)


def test_nothing_of_the_users_environment_reaches_a_command(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_OWN_TOKEN", "leaked")
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    outcome = bench.run(spec("env", "ls -A $HOME | wc -l", "echo ~"))
    found = printed(outcome.output)
    assert {name for name in found if not name.startswith(("CODEBUILD_", "AWS_"))} == {
        *("HOME", "LC_ALL", "OLDPWD", "PATH", "PWD", "SHLVL", "_")
    } & set(found) | {"ADVISORY_SERVICE_URL", "HOME", "LC_ALL", "PATH", "PWD"}
    assert {name for name in found if name.startswith("AWS_")} == {
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"),
    }
    assert found["HOME"] != os.environ["HOME"]
    assert outcome.output[-2:] == ["0", found["HOME"]]
    assert found["PATH"].endswith(f":{PATH}")


def test_the_machine_can_hand_on_what_it_must(bench: Bench) -> None:
    bench.machine = Machine(path=PATH, variables={"HTTPS_PROXY": "http://proxy:3128"})
    assert bench.run(spec("echo $HTTPS_PROXY")).output == ["http://proxy:3128"]


def test_aws_is_lent_where_there_is_none(bench: Bench, tmp_path: Path) -> None:
    program = tmp_path / "aws"
    program.write_text("#!/bin/sh\necho lent aws $1\n")
    program.chmod(0o755)
    bench.machine = Machine(path="/usr/bin:/bin", aws_program=program)
    assert bench.run(spec("aws s3")).output == ["lent aws s3"]


def test_aws_finds_its_data_in_a_folder_with_a_dollar_sign(bench: Bench, tmp_path: Path) -> None:
    programs = tmp_path / "it's $HOME" / "bin"
    data = programs.parent / "lib" / "python3.11" / "site-packages" / "awscli" / "data"
    for folder in (programs, data):
        folder.mkdir(parents=True)
    (data / "cli.json").touch()
    (programs / "aws").write_text('#!/bin/sh\nls "$AWS_DATA_PATH/"\n')
    (programs / "aws").chmod(0o755)
    bench.machine = Machine(path="/usr/bin:/bin", aws_program=programs / "aws")
    assert bench.run(spec("aws s3")).output == ["cli.json"]


def test_the_variables_that_codebuild_adds(bench: Bench) -> None:
    outcome = bench.run(spec("env"), sourceVersion="main")
    found, record = printed(outcome.output), outcome.record
    assert found["CODEBUILD_BUILD_ID"] == record["id"]
    assert found["CODEBUILD_BUILD_ARN"] == f"arn:aws:codebuild:ca-central-1:000000000000:build/{record['id']}"
    assert found["CODEBUILD_PROJECT_ARN"] == "arn:aws:codebuild:ca-central-1:000000000000:project/shop-test"
    assert found["CODEBUILD_BUILD_IMAGE"] == "aws/codebuild/amazonlinux-x86_64-standard:6.0"
    assert found["CODEBUILD_BUILD_NUMBER"] == "1"
    assert found["CODEBUILD_BUILD_SUCCEEDING"] == "1"
    assert found["CODEBUILD_INITIATOR"] == "tester"
    assert found["CODEBUILD_KMS_KEY_ID"] == record["encryptionKey"]
    assert found["CODEBUILD_LOG_PATH"] == record["logs"]["streamName"]
    assert found["CODEBUILD_SOURCE_VERSION"] == "main"
    assert found["CODEBUILD_START_TIME"] == str(int(record["startTime"] * 1000))
    assert found["CODEBUILD_SRC_DIR"] == found["PWD"]
    assert found["CODEBUILD_CI"] == "true"


def test_start_build_wins_over_the_project_and_the_project_over_the_buildspec(bench: Bench) -> None:
    bench.aws.parameters = {"/store": "from the store"}
    bench.project["environment"]["environmentVariables"] = [
        {"name": "B", "value": "project", "type": "PLAINTEXT"},
        {"name": "C", "value": "project"},
        {"name": "D", "value": "/store", "type": "PARAMETER_STORE"},
    ]
    text = spec("echo $A $B $C", "test \"$D\" = 'from the store'").replace(
        "phases:", "env:\n  variables: {A: buildspec, B: buildspec, C: buildspec, D: buildspec}\nphases:"
    )
    outcome = bench.run(text, environmentVariablesOverride=[{"name": "C", "value": "override"}])
    assert outcome.status == "SUCCEEDED", outcome.log
    assert outcome.output == ["buildspec project override"]
    shown = {item["name"]: item for item in outcome.record["environment"]["environmentVariables"]}
    assert shown["C"] == {"name": "C", "value": "override", "type": "PLAINTEXT"}


def test_a_declared_variable_cannot_pretend_to_be_codebuilds(bench: Bench) -> None:
    bench.project["environment"]["environmentVariables"] = [{"name": "CODEBUILD_BUILD_ID", "value": "forged"}]
    outcome = bench.run(spec("echo $CODEBUILD_BUILD_ID"))
    assert outcome.output == [outcome.record["id"]]


def test_values_are_taken_as_they_are(bench: Bench) -> None:
    value = 'it\'s $HOME `date` "x" \\n *\nsecond line'
    bench.project["environment"]["environmentVariables"] = [{"name": "ODD", "value": value}]
    outcome = bench.run(spec('printf "%s\\n" "$ODD"', 'printf "%s\\n" "$ODD"'))
    assert "\n".join(outcome.output) == f"{value}\n{value}"


STORES = """\
version: 0.2
env:
  parameter-store: {TOKEN: /shop/token, OTHER: /shop/other}
  secrets-manager: {PASSWORD: "db:password", WHOLE: db, OLD: "db:password:AWSPREVIOUS"}
phases:
  build:
    commands:
      - 'echo token=$TOKEN password=$PASSWORD whole=$WHOLE old=$OLD'
      - '[ ${#TOKEN} = 9 ] && [ ${#PASSWORD} = 7 ]'
      - 'echo $TOKEN; exit 3'
"""


def test_secrets_reach_commands_and_not_the_log(bench: Bench) -> None:
    bench.aws.parameters = {"/shop/token": "s3cr3t-to", "/shop/other": "s3cr3t"}
    bench.aws.secrets = {
        "db": json.dumps({"password": "pa55w0r"}),
        "db:AWSPREVIOUS": json.dumps({"password": "older"}),
    }
    outcome = bench.run(STORES)
    assert outcome.output[0] == "token=*** password=*** whole=*** old=***"
    assert outcome.context("BUILD")[1].endswith("Reason: exit status 3")
    stored = json.dumps(outcome.record) + outcome.log + json.dumps(list(bench.aws.streams.values()))
    for secret in ("s3cr3t", "pa55w0r", "older", "secret/of/the/role", "token-of-the-role", "ASIAEXAMPLE"):
        assert secret not in stored


def test_a_secret_in_a_command_is_hidden_in_the_record_as_well(bench: Bench) -> None:
    bench.aws.parameters = {"/a": "hunter22"}
    text = spec("test hunter22 = 1").replace("phases:", "env: {parameter-store: {A: /a}}\nphases:")
    outcome = bench.run(text)
    assert outcome.context("BUILD")[1] == "Error while executing command: test *** = 1. Reason: exit status 1"


def test_parameters_are_asked_for_ten_at_a_time(bench: Bench) -> None:
    names = [f"P{i}" for i in range(23)]
    bench.aws.parameters = {f"/p/{name}": f"value {name}" for name in names}
    text = spec("true").replace(
        "phases:", "env:\n  parameter-store:\n" + "".join(f"    {n}: /p/{n}\n" for n in names) + "phases:"
    )
    assert bench.run(text).status == "SUCCEEDED"
    assert bench.aws.calls.count("ssm:GetParameters") == 3


@pytest.mark.parametrize(
    ("denied", "code", "message"),
    [
        (
            "ssm:GetParameters",
            "Decrypted Variables Error",
            (
                "AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/builder/AWSCodeBuild-1 "
                "is not authorized to perform: ssm:GetParameters on resource: *"
            ),
        ),
        ("", "Decrypted Variables Error", "parameter does not exist: /shop/other"),
    ],
)
def test_a_parameter_that_cannot_be_had_fails_download_source(
    bench: Bench, denied: str, code: str, message: str
) -> None:
    bench.aws.parameters = {"/shop/token": "s3cr3t-to"}
    bench.aws.denied = {denied}
    outcome = bench.run(STORES)
    assert outcome.status == "FAILED"
    assert outcome.context("DOWNLOAD_SOURCE") == (code, message)
    assert f"Phase context status code: {code} Message: {message}" in outcome.log


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (None, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
        ("{}", "The secret db has no JSON key named password"),
        ("not json", "The secret db has no JSON key named password"),
    ],
)
def test_a_secret_that_cannot_be_had_fails_download_source(bench: Bench, secret: str | None, message: str) -> None:
    bench.aws.secrets = {} if secret is None else {"db": secret}
    text = spec("true").replace("phases:", "env: {secrets-manager: {P: 'db:password'}}\nphases:")
    outcome = bench.run(text)
    assert outcome.context("DOWNLOAD_SOURCE") == ("Secrets Manager Error", message)


def test_exported_variables_are_those_of_the_end(bench: Bench) -> None:
    bench.aws.parameters = {"/a": "hunter22"}
    text = (
        "version: 0.2\nenv:\n  exported-variables: [TAG, MISSING, AWS_REGION, STORED, EMPTY]\n"
        "  parameter-store: {STORED: /a}\n"
        "phases:\n  build:\n    commands: ['TAG=1', 'EMPTY=']\n  post_build:\n    commands: ['TAG=\"two words\"']\n"
    )
    outcome = bench.run(text)
    assert outcome.record["exportedEnvironmentVariables"] == [
        {"name": "TAG", "value": "two words"},
        {"name": "EMPTY", "value": ""},
    ]
