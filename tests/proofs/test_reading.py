"""What a proof reads: templates with their names filled in, settings, and what AWS made up made alike."""

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.analysis.calls import Normalizer
from proofs.analysis.service_names import names_of_service
from proofs.policies.build import Build, read_roles, read_templates
from proofs.rehearsal import stand_in
from proofs.rehearsal.builds import settings_with_all_asked_for
from proofs.rehearsal.executions import Steps
from reporting.errors import CannotRunError
from settings import project as project_settings
from settings.root import BUILD, SETTINGS_FILE
from synthesis.build_folder import documents
from system_model.resolver import readable
from tests.templates_src.systems import VARIANTS, settings_of

TEMPLATES: dict[str, Any] = {
    "base": {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Bucket", "Arn"]}, "Export": {"Name": "base:BucketArn"}}},
    },
    "top": {
        "Resources": {
            "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "shop"}},
            "Topic": {"Type": "AWS::SNS::Topic"},
        }
    },
}


@pytest.mark.parametrize(
    ("value", "resolved", "read"),
    [
        ({"Ref": "AWS::AccountId"}, "000000000000", "AWS::AccountId"),
        ({"Ref": "Images"}, "shop", "Images"),
        ({"Ref": "Topic"}, "arn:aws:sns:ca-central-1:000000000000:Topic", "Topic"),
        ({"Ref": "Asked"}, "top:Asked", "Asked"),
        (
            {"Fn::GetAtt": ["Images", "Arn"]},
            "arn:aws:ecr:ca-central-1:000000000000:repository/shop",
            "Images.Arn",
        ),
        ({"Fn::ImportValue": "base:BucketArn"}, "arn:aws:s3:::bucket", "base:BucketArn"),
        (
            {"Fn::Join": ["/", [{"Fn::ImportValue": "base:BucketArn"}, "*"]]},
            "arn:aws:s3:::bucket/*",
            "base:BucketArn/*",
        ),
        ({"Fn::Sub": "${AWS::Region}/${Topic}"}, "ca-central-1/arn:aws:sns:ca-central-1:000000000000:Topic",
         "${AWS::Region}/${Topic}"),
        ({"Fn::Sub": ["${Which}-${!Text}", {"Which": {"Ref": "Images"}}]}, "shop-${Text}", "${Which}-${!Text}"),
        ("plain", "plain", "plain"),
    ],
)  # fmt: skip
def test_names_are_filled_in(value: Any, resolved: str, read: str) -> None:
    assert Build(TEMPLATES).resolved("top", value) == resolved
    assert readable(value) == read


def test_policies_that_stand_beside_a_role_are_the_roles_too(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    resources = {
        "Worker": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "worker", "AssumeRolePolicyDocument": {}}},
        "More": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "more",
                "Roles": [{"Ref": "Worker"}],
                "PolicyDocument": {"Statement": statement},
            },
        },
        "Others": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Roles": ["somebody"], "PolicyDocument": {"Statement": [statement]}},
        },
    }
    (tmp_path / "a.json").write_text(json.dumps({"Resources": resources}))
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": [{"name": "a", "template": "a.json"}]}))
    (role,) = read_roles(read_templates(tmp_path))
    assert role.arn == "arn:aws:iam::000000000000:role/worker"
    assert [(one.sid, one.actions, one.resources) for one in role.grants] == [("more[0]", ("s3:GetObject",), ("*",))]


@pytest.mark.parametrize("content", ["", "[]", '{"stacks": [{}]}', '{"stacks": 3}'])
def test_a_manifest_that_is_none_is_told_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(CannotRunError, match="regenerate it with `make templates`"):
        read_templates(tmp_path)


def test_a_service_has_its_names_whoever_deploys_it(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, VARIANTS["codedeploy"])
    for name, content in documents(project_settings.load(settings)).items():
        (tmp_path / name).write_bytes(content)
    stack = "cruddur-backend-flask"
    found = names_of_service(read_templates(tmp_path), stack)
    assert found == names_of_service(read_templates(BUILD), stack)
    assert (found["cluster"], found["service"]) == ("cruddur", "backend-flask")


def test_settings_with_everything_asked_for_differ_in_that_alone() -> None:
    shipped, everything = tomllib.loads(SETTINGS_FILE.read_text()), tomllib.loads(settings_with_all_asked_for())
    assert everything["release"].pop("approval") is True
    assert everything["release"].pop("deployment_timeout_minutes") == 60
    assert all(service.pop("tests_pull_requests") is True for service in everything["services"])
    assert all(len(service.pop("gates")["asks"]) == 2 for service in everything["services"])
    assert all(service.pop("rollout")["strategy"] == "blue-green" for service in everything["services"])
    for name in ("approval", "deployment_timeout_minutes"):
        shipped["release"].pop(name, None)
    for service in shipped["services"]:
        service.pop("tests_pull_requests", None)
        service.pop("gates", None)
        service.pop("rollout", None)
    assert everything == shipped


def test_all_that_templates_ask_for_and_do_not_make_is_made(tmp_path: Path) -> None:
    for name, content in documents(project_settings.load(settings_of(tmp_path, VARIANTS["asked"]))).items():
        (tmp_path / name).write_bytes(content)
    made = stand_in.template(read_templates(tmp_path))["Resources"]
    names = [one["Properties"].get("FunctionName") or one["Properties"].get("Name") for one in made.values()]
    assert names == [None, None, "other", "smoke-test", {"Ref": "Function1"}]
    assert made["Alias1"]["Properties"]["Name"] == "live"
    assert stand_in.template(read_templates(BUILD))["Resources"] == {}, "the shipped settings ask nobody"


@pytest.mark.parametrize(
    ("found", "alike"),
    [
        ("arn:aws:s3:::artifacts-x1y2/cruddur/SourceArti/1R4bSSJ", "arn:aws:s3:::bucket/cruddur/SourceArti/artifact"),
        ("arn:aws:ecs:r:a:task-definition/shop:12", "arn:aws:ecs:r:a:task-definition/shop:1"),
        ("log-stream:5e0f9d1c-9b1e-4c53-8d5b-7a3b1c2d3e4f", "log-stream:00000000-0000-0000-0000-000000000000"),
        ("service/backend/" + "0123456789abcdef" * 2, "service/backend/" + "0" * 32),
        (
            f"arn:aws:s3:::artifacts/cruddur/attestatio/sha256-{'0123456789abcdef' * 4}/{'0123456789' * 4}.json",
            f"arn:aws:s3:::wrong/cruddur/attestatio/sha256-{'0' * 64}/{'0' * 40}.json",
        ),
    ],
)  # fmt: skip
def test_what_aws_makes_up_is_made_alike(found: str, alike: str) -> None:
    assert Normalizer({"artifacts-x1y2": "bucket", "artifacts": "wrong"}).text(found) == alike


def test_builds_that_run_side_by_side_are_told_apart() -> None:
    began = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    actions = [
        {
            "pipelineExecutionId": "one",
            "stageName": "Test",
            "actionName": name,
            "startTime": began + dt.timedelta(seconds=after),
            "lastUpdateTime": began + dt.timedelta(seconds=9),
            "input": {"resolvedConfiguration": {"ProjectName": f"shop-{name.lower()}"}},
            "output": {"executionResult": {"externalExecutionId": f"shop:{name}"}},
        }
        for after, name in enumerate(("Test", "Secure"))
    ]

    def step(session: str, resource: str) -> str:
        line = {"execution": "one", "time": began.timestamp() + 5, "session": session, "resources": [resource]}
        return Steps(actions, []).name(line, "Role")

    project = "arn:aws:codebuild:ca-central-1:000000000000:project/shop-"
    assert [step("pipeline", f"{project}test"), step("pipeline", f"{project}secure")] == ["Test", "Test/Secure"]
    assert [step("AWSCodeBuild-Test", "*"), step("AWSCodeBuild-Secure", "*")] == ["Test", "Test/Secure"]


@given(st.text(alphabet="abcdef0123456789-:/", max_size=80))
def test_what_is_alike_stays_so(text: str) -> None:
    alike = Normalizer({})
    assert alike.text(alike.text(text)) == alike.text(text)
