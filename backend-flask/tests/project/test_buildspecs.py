"""The buildspecs: keys that CodeBuild knows, files that are there.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

import os
import re
from typing import Any

import pytest
import yaml

from tests.support.commands import REPOSITORY, script

BAKE = "backend-flask/buildspec.yml"
TEST = "backend-flask/tests/buildspec.yml"
SECURITY = "backend-flask/security/buildspec.yml"
PARAMETERS = "/cruddur/backend-flask/"
TOP_KEYS = {"version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"}
ENV_KEYS = {
    "shell",
    "variables",
    "parameter-store",
    "secrets-manager",
    "exported-variables",
    "git-credential-helper",
}
PHASES = {"install", "pre_build", "build", "post_build"}
PHASE_KEYS = {"run-as", "on-failure", "runtime-versions", "commands", "finally", "steps"}
REPORT_KEYS = {"files", "base-directory", "discard-paths", "file-format"}


def read(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / path).read_text(encoding="utf-8"))
    return loaded


def commands(spec: dict[str, Any]) -> list[str]:
    return [
        command
        for phase in spec["phases"].values()
        for key in ("commands", "finally")
        for command in phase.get(key, [])
    ]


@pytest.mark.parametrize("path", [BAKE, TEST, SECURITY])
def test_every_key_is_codebuilds(path: str) -> None:
    spec = read(path)
    assert spec["version"] == 0.2
    assert set(spec) <= TOP_KEYS
    assert set(spec["env"]) <= ENV_KEYS
    assert set(spec["phases"]) <= PHASES
    for phase in spec["phases"].values():
        assert set(phase) <= PHASE_KEYS
        assert phase["on-failure"] == "ABORT"
    for report in spec.get("reports", {}).values():
        assert set(report) <= REPORT_KEYS
    assert all(isinstance(command, str) for command in commands(spec))


@pytest.mark.parametrize("path", [BAKE, TEST, SECURITY])
def test_no_variable_takes_a_reserved_name(path: str) -> None:
    env = read(path)["env"]
    names = set(env.get("variables", {})) | set(env.get("parameter-store", {}))
    assert not {name for name in names if name.startswith("CODEBUILD_")}


@pytest.mark.parametrize("path", [BAKE, TEST, SECURITY])
def test_every_script_that_is_run_is_there(path: str) -> None:
    scripts = [name for command in commands(read(path)) for name in re.findall(r"bash (\S+)", command)]
    assert scripts
    for name in scripts:
        assert os.access(REPOSITORY / name, os.X_OK), name


def test_what_is_secret_or_of_the_account_comes_from_the_parameter_store() -> None:
    assert read(BAKE)["env"]["parameter-store"] == {
        "AWS_ACCOUNT_ID": f"{PARAMETERS}AWS_ACCOUNT_ID",
        "IMAGE_URL": f"{PARAMETERS}BACKEND_IMAGE_URL",
    }
    names = ("AWS_COGNITO_USER_POOL_ID", "AWS_COGNITO_USER_POOL_CLIENT_ID")
    assert read(TEST)["env"]["parameter-store"] == {name: PARAMETERS + name for name in names}


def test_baking_ends_in_the_file_that_the_deployment_reads() -> None:
    spec = read(BAKE)
    assert spec["artifacts"] == {"files": ["imagedefinitions.json"]}
    assert any("--password-stdin" in command for command in commands(spec))


def test_testing_reports_its_tests_and_its_coverage() -> None:
    reports = read(TEST)["reports"]
    formats = {report["file-format"]: report["files"] for report in reports.values()}
    assert formats == {"JUNITXML": ["junit.xml"], "COBERTURAXML": ["coverage.xml"]}
    run = next(command for command in commands(read(TEST)) if "junit" in command)
    assert "reports/junit.xml" in run
    assert "xml:reports/coverage.xml" in run


def test_baking_without_what_it_needs_names_it() -> None:
    done = script("backend-flask/bake/build")
    assert done.returncode == 2
    assert "AWS_ACCOUNT_ID is missing" in done.stderr
    given = {"AWS_ACCOUNT_ID": "1", "IMAGE_URL": "host", "REPOSITORY_NAME": "r", "CONTAINER_NAME": "c"}
    done = script("backend-flask/bake/build", **given, CODEBUILD_RESOLVED_SOURCE_VERSION="no/tag")
    assert done.returncode == 2
    assert "cannot be an image's tag" in done.stderr


def test_a_failed_build_pushes_nothing() -> None:
    given = {"AWS_ACCOUNT_ID": "1", "IMAGE_URL": "host", "REPOSITORY_NAME": "r", "CONTAINER_NAME": "c"}
    given |= {"CODEBUILD_RESOLVED_SOURCE_VERSION": "abc", "CODEBUILD_BUILD_SUCCEEDING": "0"}
    done = script("backend-flask/bake/push", **given)
    assert done.returncode == 2
    assert "nothing is pushed" in done.stderr
