"""The port of a local AWS: what it was kept with follows it, and a start says what will not run without Docker."""

from pathlib import Path

import pytest

from proofs.rehearsal.local_account import free_port
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws_fixture import LocalAws, local_aws_in


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
