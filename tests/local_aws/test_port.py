"""The port of a local AWS: what it was kept with follows it, and a start says what will not run without Docker."""

import re
import shutil
from pathlib import Path

import pytest

from proofs.rehearsal.local_account import free_port
from settings.root import PROJECT_ROOT
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.project_copy import copy_project


def test_addresses_of_the_registry_follow_the_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with local_aws_in(tmp_path / "state") as aws:
        stack = StackDriver(aws)
        uri = {"Fn::GetAtt": ["R", "RepositoryUri"]}
        image = {"Name": "main", "Image": {"Fn::Sub": "${R.RepositoryUri}:one"}}
        resources = {
            "R": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "kept"}},
            "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/kept", "Type": "String", "Value": uri}},
            "D": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {"Family": "kept", "ContainerDefinitions": [image]},
            },
        }
        template = {"Resources": resources, "Outputs": {"Uri": {"Value": uri}}}
        assert stack.create(template) == "CREATE_COMPLETE"
        assert aws.run("stop").returncode == 0
        moved = LocalAws(free_port(), aws.state_folder)
        started = moved.start_again()
        again = moved.run("start")
        for said in (started, again):
            assert said.stderr.count("No Docker engine answers at unix:") == 1
            assert "services will not run, and builds that use containers fail" in said.stderr
        there = f"localhost:{moved.port}/kept"
        stack = StackDriver(moved, stack.name)
        assert stack.outputs() == {"Uri": there}
        assert moved.client("ssm").get_parameters_by_path(Path="/")["Parameters"][0]["Value"] == there
        found = moved.client("ecs").describe_task_definition(taskDefinition="kept")["taskDefinition"]
        assert found["containerDefinitions"][0]["image"] == f"{there}:one"
        assert moved.client("ecr").describe_repositories()["repositories"][0]["repositoryUri"] == there


@pytest.mark.parametrize("address", ["http://example.com:4566", "https://127.0.0.1:4566"])
def test_an_address_that_it_never_answers_at_is_refused_before_it_starts(tmp_path: Path, address: str) -> None:
    project = copy_project(tmp_path / "project")
    shutil.copytree(PROJECT_ROOT / "local_aws", project.root / "local_aws")
    settings = project.root / "config/environments/local.toml"
    text = re.sub("(?m)^endpoint_url = .*", f'endpoint_url = "{address}"', settings.read_text("utf-8"))
    settings.write_text(text, "utf-8")
    started = project.run("bin/local-aws", "start")
    assert (started.returncode, started.stderr.count("\n")) == (2, 1)
    found = (
        f"{settings.relative_to(project.root)}: endpoint_url: found '{address}', where the AWS on this machine never"
    )
    assert started.stderr.startswith(f"{found} answers; allowed: http://127.0.0.1:PORT, or another credentials_file")
