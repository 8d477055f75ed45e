"""AWS::CodePipeline::Pipeline and CodePipeline's definitions, from outside."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.local_aws_fixture import LocalAws


def _action(name: str, category: str, provider: str, configuration: dict[str, str], **more: Any) -> dict[str, Any]:
    type_id = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    return {"Name": name, "ActionTypeId": type_id, "Configuration": configuration, **more}


SOURCE = {"ConnectionArn": "arn:aws:codeconnections:x:0:connection/1", "FullRepositoryId": "a/b", "BranchName": "prod"}
DEPLOY = {"ClusterName": "c", "ServiceName": "s"}


def pipeline(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CodePipeline::Pipeline",
        "Properties": {
            "Name": name,
            "PipelineType": "V2",
            "ExecutionMode": "QUEUED",
            "RoleArn": "arn:aws:iam::000000000000:role/pipeline",
            "ArtifactStore": {"Type": "S3", "Location": "bucket"},
            "Stages": [
                {
                    "Name": "Source",
                    "Actions": [
                        _action(
                            "Source", "Source", "CodeStarSourceConnection", SOURCE, OutputArtifacts=[{"Name": "Code"}]
                        )
                    ],
                },
                {
                    "Name": "Build",
                    "Actions": [
                        _action(
                            "bake",
                            "Build",
                            "CodeBuild",
                            {"ProjectName": "p"},
                            InputArtifacts=[{"Name": "Code"}],
                            OutputArtifacts=[{"Name": "Image"}],
                        )
                    ],
                },
                {
                    "Name": "Deploy",
                    "Actions": [_action("Deploy", "Deploy", "ECS", DEPLOY, InputArtifacts=[{"Name": "Image"}])],
                    "OnFailure": {"Result": "ROLLBACK"},
                },
            ],
            "Triggers": [
                {
                    "ProviderType": "CodeStarSourceConnection",
                    "GitConfiguration": {
                        "SourceActionName": "Source",
                        "Push": [{"Branches": {"Includes": ["prod"]}, "FilePaths": {"Includes": ["service/**"]}}],
                    },
                }
            ],
            "Tags": [{"Key": "application", "Value": "cruddur"}],
        },
    }


def _template(resource: dict[str, Any]) -> str:
    version = {"V": {"Value": {"Fn::GetAtt": ["P", "Version"]}}, "N": {"Value": {"Ref": "P"}}}
    return json.dumps({"Resources": {"P": resource}, "Outputs": version})


def _create(aws: LocalAws, stack: str, resource: dict[str, Any]) -> None:
    aws.make_stack(stack, _template(resource))


def _reason(aws: LocalAws, stack: str) -> str:
    events = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return str(next(event["ResourceStatusReason"] for event in events if event["ResourceStatus"].endswith("_FAILED")))


def test_the_whole_structure_is_kept_and_its_version_counts(local_aws: LocalAws) -> None:
    resource = pipeline("kept-whole")
    _create(local_aws, "pipeline-kept", resource)
    shown = local_aws.command_json("codepipeline", "get-pipeline", "--name", "kept-whole")
    assert shown["pipeline"]["version"] == 1
    assert shown["pipeline"]["triggers"][0]["gitConfiguration"]["push"][0]["filePaths"] == {"includes": ["service/**"]}
    assert shown["pipeline"]["stages"][2]["onFailure"] == {"result": "ROLLBACK"}
    assert [stage["name"] for stage in shown["pipeline"]["stages"]] == ["Source", "Build", "Deploy"]
    resource["Properties"]["Stages"][1]["Actions"][0]["Configuration"]["ProjectName"] = "other"
    client = local_aws.client("cloudformation")
    client.update_stack(StackName="pipeline-kept", TemplateBody=_template(resource))
    client.get_waiter("stack_update_complete").wait(StackName="pipeline-kept", WaiterConfig={"Delay": 1})
    assert local_aws.command_json("codepipeline", "get-pipeline", "--name", "kept-whole")["pipeline"]["version"] == 2
    first = local_aws.client("codepipeline").get_pipeline(name="kept-whole", version=1)["pipeline"]
    assert first["stages"][1]["actions"][0]["configuration"]["ProjectName"] == "p"
    outputs = client.describe_stacks(StackName="pipeline-kept")["Stacks"][0]["Outputs"]
    assert {output["OutputKey"]: output["OutputValue"] for output in outputs} == {"V": "2", "N": "kept-whole"}


def test_a_change_set_tells_a_replacement(local_aws: LocalAws) -> None:
    _create(local_aws, "pipeline-renamed", pipeline("before"))
    client = local_aws.client("cloudformation")
    client.create_change_set(
        StackName="pipeline-renamed", ChangeSetName="one", TemplateBody=_template(pipeline("after"))
    )
    change = client.describe_change_set(StackName="pipeline-renamed", ChangeSetName="one")["Changes"][0]
    assert change["ResourceChange"]["Replacement"] == "True"
    client.execute_change_set(StackName="pipeline-renamed", ChangeSetName="one")
    client.get_waiter("stack_update_complete").wait(StackName="pipeline-renamed", WaiterConfig={"Delay": 1})
    names = [one["name"] for one in local_aws.client("codepipeline").list_pipelines()["pipelines"]]
    assert "after" in names
    assert "before" not in names


def test_deleting_the_stack_deletes_the_pipeline(local_aws: LocalAws) -> None:
    _create(local_aws, "pipeline-gone", pipeline("gone"))
    client = local_aws.client("cloudformation")
    client.delete_stack(StackName="pipeline-gone")
    client.get_waiter("stack_delete_complete").wait(StackName="pipeline-gone", WaiterConfig={"Delay": 1})
    with pytest.raises(ClientError, match="does not have a pipeline with name 'gone'") as refused:
        local_aws.client("codepipeline").get_pipeline(name="gone")
    assert refused.value.response["Error"]["Code"] == "PipelineNotFoundException"


def _same_artifact_at_once(build: dict[str, Any], stage: dict[str, Any]) -> None:
    later = _action("later", "Build", "CodeBuild", {"ProjectName": "p"}, InputArtifacts=[{"Name": "Image"}])
    stage["Actions"] = [{**build, "RunOrder": 1}, {**later, "RunOrder": 1}]


def _again(stages: list[dict[str, Any]], action: dict[str, Any], name: str) -> None:
    stages[1]["Actions"].append({**copy.deepcopy(action), "Name": name, "OutputArtifacts": []})


FAULTS: dict[str, tuple[Callable[[dict[str, Any], list[Any], dict[str, Any]], object], str]] = {
    "source is not first": (
        lambda _all, stages, _build: stages.reverse(),
        "Pipeline should start with a stage that only contains source actions",
    ),
    "source later": (
        lambda _all, stages, _build: _again(stages, stages[0]["Actions"][0], "Again"),
        "Source actions are only allowed in the first stage",
    ),
    "stage name twice": (
        lambda _all, stages, _build: stages[2].update(Name="Build"),
        "stage names must be unique",
    ),
    "action name twice": (
        lambda _all, stages, build: _again(stages, build, "bake"),
        "Action name bake appears more than once in stage Build",
    ),
    "artifact from nowhere": (
        lambda _all, _stages, build: build.update(InputArtifacts=[{"Name": "Nothing"}]),
        "Input Artifact Bundle Nothing in action bake is not declared as Output",
    ),
    "artifact made twice": (
        lambda _all, _stages, build: build.update(OutputArtifacts=[{"Name": "Code"}]),
        "Output Artifact Bundle name must be unique",
    ),
    "artifact used before it is made": (
        lambda _all, stages, build: _same_artifact_at_once(build, stages[1]),
        "Input Artifact Bundle Image in action later is not declared as Output",
    ),
    "unknown provider": (
        lambda _all, _stages, build: build["ActionTypeId"].update(Provider="CodeBuildd"),
        "Provider: 'CodeBuildd'",
    ),
    "no input": (
        lambda _all, _stages, build: build.update(InputArtifacts=[]),
        "declares 0 input artifacts which is less than the minimum count (1)",
    ),
    "unknown key": (
        lambda _all, _stages, build: build["Configuration"].update(Project="x"),
        "unknown key(s): Project",
    ),
    "missing key": (
        lambda _all, stages, _build: stages[2]["Actions"][0]["Configuration"].pop("ServiceName"),
        "required key(s): ServiceName",
    ),
    "timeout of no approval": (
        lambda _all, _stages, build: build.update(TimeoutInMinutes=20),
        "timeoutInMinutes, which is available to manual approvals alone",
    ),
    "trigger to nowhere": (
        lambda all_of_it, _stages, _build: all_of_it["Triggers"][0]["GitConfiguration"].update(
            SourceActionName="Sauce"
        ),
        "Trigger references source action Sauce, which is not in the pipeline",
    ),
    "tags and branches": (
        lambda all_of_it, _stages, _build: all_of_it["Triggers"][0]["GitConfiguration"]["Push"][0].update(
            Tags={"Includes": ["v*"]}
        ),
        "can't have tags together with branches",
    ),
    "V1 with triggers": (
        lambda all_of_it, _stages, _build: all_of_it.update(PipelineType="V1"),
        "Pipelines of type V1 can't have triggers",
    ),
    "source rolls back": (
        lambda _all, stages, _build: stages[0].update(OnFailure={"Result": "ROLLBACK"}),
        "can't be rolled back",
    ),
    "parallel rolls back": (
        lambda all_of_it, _stages, _build: all_of_it.update(ExecutionMode="PARALLEL"),
        "PARALLEL does not allow",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_structure_that_codepipeline_refuses_fails_the_stack(local_aws: LocalAws, fault: str) -> None:
    break_it, sentence = FAULTS[fault]
    resource, stack = copy.deepcopy(pipeline("faulty")), "faulty-" + fault.replace(" ", "-")
    properties = resource["Properties"]
    break_it(properties, properties["Stages"], properties["Stages"][1]["Actions"][0])
    with pytest.raises(WaiterError):
        _create(local_aws, stack, resource)
    assert sentence in _reason(local_aws, stack)
    names = [one["name"] for one in local_aws.client("codepipeline").list_pipelines()["pipelines"]]
    assert "faulty" not in names
