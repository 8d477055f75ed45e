"""What CreatePipeline refuses of a structure; what it accepts and nothing here runs fails at its turn."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aws_facts import facts
from aws_facts.codepipeline import action_type
from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.definitions.refusals import check_action
from local_aws.services.codepipeline.definitions.structure import check_structure
from local_aws.services.codepipeline.engine.plan import read_plan
from tests.local_aws.codepipeline.harness import (
    REGION,
    SOURCE,
    World,
    action,
    condition,
    pipeline,
    stage,
    variable_check,
)

ASK = action("ask", "approval")
BUILD = stage("Build", action("bake", outputs=["imageDefinition"], namespace="Build"))


def one(name: str = "bake", kind: str = "build", **members: Any) -> Any:
    return pipeline(stage("Build", action(name, kind, **members)))


def trigger(**git: Any) -> Any:
    return {"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Source", **git}}


def changed(change: Callable[[Any], object]) -> Any:
    structure = pipeline(BUILD)
    change(structure)
    return structure


OTHER = {"category": "Deploy", "owner": "AWS", "version": "1"}
LAMBDA = {"category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1"}


def rule(provider: str, **configuration: str) -> Any:
    declared = variable_check("a", "b")
    return {**declared, "ruleTypeId": {**declared["ruleTypeId"], "provider": provider}, "configuration": configuration}


def entry(result: str, declared: Any) -> Any:
    return pipeline({**BUILD, **condition("beforeEntry", result, declared)})


def pushed(*filters: Any, source: str = "Source") -> Any:
    git = {"push": list(filters)} if filters else {}
    return pipeline(BUILD, triggers=[trigger(sourceActionName=source, **git)])


REFUSED = {
    "Member must satisfy enum value set": pipeline(BUILD, mode="FAST"),
    "Pipelines of type V1 can't have execution mode QUEUED": pipeline(BUILD, pipelineType="V1"),
    "exactly one of artifactStore and artifactStores": changed(lambda structure: structure.pop("artifactStore")),
    "no artifact store in region us-east-1": one(region="us-east-1"),
    "no artifact store in region ca-central-1": changed(
        lambda structure: structure.update(artifactStores={"us-east-1": structure.pop("artifactStore")})
    ),
    "minimum of 2 stages": pipeline(),
    "Stage name Build appears more than once": pipeline(stage("Build", action("a")), stage("Build", action("b"))),
    "should start with a stage that only contains": changed(
        lambda structure: structure.update(stages=[stage("First", action("a")), BUILD])
    ),
    "only allowed in the first stage": pipeline(stage("Late", action("s", "source", outputs=["X"]))),
    "Stage Empty has 0 actions": pipeline(stage("Empty")),
    "Action name a appears more than once": pipeline(stage("Build", action("a"), action("a"))),
    "Provider: 'Teleport', Owner: 'AWS', Version: '1') in action 'a'": one(
        "a", actionTypeId={**OTHER, "provider": "Teleport"}
    ),
    "required key(s): ProjectName": one(configuration={}),
    "unknown key(s): Nmae": one(configuration={"ProjectName": "p", "Nmae": "x"}),
    "Input Artifact Bundle Later in action bake": one(inputs=["Later"]),
    "Input Artifact Bundle X in action b": pipeline(
        stage("Build", action("a", outputs=["X"]), action("b", inputs=["X"]))
    ),
    "BatchEnabled perhaps; allowed: true, false": one(configuration={"ProjectName": "p", "BatchEnabled": "perhaps"}),
    "DeploymentTimeout 61; allowed: 1 to 60": one(
        kind="deploy", configuration={"ClusterName": "c", "ServiceName": "s", "DeploymentTimeout": "61"}
    ),
    "Member must have length less than or equal to 1000": one(configuration={"ProjectName": "p" * 1001}),
    "declares 0 input artifacts": one(inputs=[]),
    "declares timeoutInMinutes": one(timeoutInMinutes=10),
    "Member must have value greater than or equal to 5": one("ask", "approval", timeoutInMinutes=4),
    "Output Artifact Bundle name must be unique": one(outputs=["SourceArtifact"]),
    "Namespace SourceVariables of action bake is taken": one(namespace="SourceVariables"),
    "Namespace codepipeline of action bake is taken": one(namespace="codepipeline"),
    "#{Nobody.X} in bake refers to a namespace": one(configuration={"ProjectName": "#{Nobody.X}"}),
    "#{Build.Tag} in check refers to a namespace": entry("FAIL", variable_check("#{Build.Tag}", "b")),
    "result ROLLBACK is not allowed in beforeEntry": entry("ROLLBACK", variable_check("a", "b")),
    "CloudWatchAlarm can't decide to skip": entry("SKIP", rule("CloudWatchAlarm", AlarmName="a")),
    "unknown provider: CoinToss": entry("FAIL", rule("CoinToss")),
    "required key(s): Cron": entry("FAIL", rule("DeploymentWindow")),
    "unknown key(s): Zone": entry("FAIL", rule("DeploymentWindow", Cron="* * * ? * * *", Zone="UTC")),
    "Operator ALMOST; allowed: EQ": entry("FAIL", variable_check("a", "b", "ALMOST")),
    "'pipeline.stages.2.member.beforeEntry.conditions.1.member.rules.1.member.timeoutInMinutes'": entry(
        "FAIL", {**variable_check("a", "b"), "timeoutInMinutes": 1}
    ),
    "rolls back on failure": pipeline({**BUILD, "onFailure": {"result": "ROLLBACK"}}, mode="PARALLEL"),
    "source stage, which can't be rolled back": changed(
        lambda structure: structure.update(stages=[{**SOURCE, "onFailure": {"result": "ROLLBACK"}}, BUILD])
    ),
    "Elsewhere, which is not in the pipeline": pushed(source="Elsewhere"),
    "More than one trigger references source action Source": pipeline(BUILD, triggers=[trigger(), trigger()]),
    "less than or equal to 3": pushed({}, {}, {}, {}),
    "can't have tags together": pushed({"tags": {"includes": ["v*"]}, "branches": {"includes": ["a"]}}),
    "less than or equal to 8": pushed({"branches": {"includes": ["a"] * 9}}),
    "Pattern '{a'": pushed({"branches": {"includes": ["{a"]}}),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_faulty_structure_is_refused_with_the_reason(reason: str) -> None:
    with pytest.raises(ServiceError) as refused:
        check_structure(REFUSED[reason], REGION)
    assert reason in refused.value.message


ACCEPTED = {
    "everything at once": pipeline(
        stage("Test", action("Test"), action("Audit")),
        {**BUILD, **condition("beforeEntry", "SKIP", variable_check("#{SourceVariables.BranchName}", "prod"))},
        stage("Approve", action("Approve", "approval", timeoutInMinutes=60)),
        stage("Deploy", action("Deploy", "deploy", inputs=["imageDefinition"]), onFailure={"result": "ROLLBACK"}),
        triggers=[
            trigger(push=[{"branches": {"includes": ["prod"]}, "filePaths": {"includes": ["backend-flask/**"]}}])
        ],
        variables=[{"name": "Size", "defaultValue": "small"}],
    ),
    "a buildspec that the action brings": one(configuration={"ProjectName": "p", "BuildspecOverride": "b.yml"}),
    "a failure that fails": pipeline({**BUILD, "onFailure": {"result": "FAIL"}}),
    "a failure that skips": pipeline({**BUILD, "onFailure": {"result": "SKIP"}}),
    "a source that is tried again": changed(
        lambda structure: structure.update(stages=[{**SOURCE, "onFailure": {"result": "RETRY"}}, BUILD])
    ),
    "an image scan": one(
        actionTypeId={**OTHER, "category": "Invoke", "provider": "InspectorScan"},
        configuration={"InspectorRunMode": "ECRImageScan", "ECRRepositoryName": "r", "ImageTag": "latest"},
    ),
    "two stores": changed(
        lambda structure: structure.update(
            artifactStores={REGION: structure["artifactStore"], "us-east-1": structure.pop("artifactStore")},
            stages=[SOURCE, stage("Build", action("bake", region="us-east-1"))],
        )
    ),
    "an action type of one's own": one(actionTypeId={**OTHER, "owner": "Custom", "provider": "Mine"}),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_a_sound_structure_is_accepted(what: str) -> None:
    assert check_structure(ACCEPTED[what], REGION)["name"] == "cruddur-backend-fargate"


@pytest.mark.parametrize("name", facts("codepipeline_actions"))
def test_every_documented_action_type_is_accepted(name: str) -> None:
    category, owner, provider = name.split(" ")
    kind = action_type(category, owner, provider)
    values = {**kind.get("values", {}), **kind.get("lists", {}), **kind.get("numbers", {})}
    keys = list(kind.get("required", ()))
    declared: Any = {
        "name": "it",
        "actionTypeId": {"category": category, "owner": owner, "provider": provider, "version": "1"},
        "configuration": {key: str(values.get(key, ["x"])[0]) for key in keys},
        "inputArtifacts": [{"name": f"In{number}"} for number in range(kind["inputs"][0])],
        "outputArtifacts": [{"name": f"Out{number}"} for number in range(kind["outputs"][0])],
        **({"commands": ["true"]} if provider == "Commands" else {}),
    }
    if category == "Source":
        structure = changed(lambda made: made.update(stages=[stage("Source", declared), stage("Ask", ASK)]))
    else:
        makers = [action(f"s{number}", "source", outputs=[f"In{number}"]) for number in range(kind["inputs"][0])]
        structure = pipeline(stage("It", declared))
        structure["stages"][0] = stage("Source", *makers, action("Source", "source", outputs=["SourceArtifact"]))
    assert check_structure(structure, REGION)
    for key in keys:
        lacking = {other: value for other, value in declared["configuration"].items() if other != key}
        with pytest.raises(ServiceError, match=re.escape(f"required key(s): {key}")):
            check_action({**declared, "configuration": lacking}, "It")
    if not kind.get("open"):
        with pytest.raises(ServiceError, match=re.escape("unknown key(s): Nmae")):
            check_action({**declared, "configuration": {**declared["configuration"], "Nmae": "x"}}, "It")


def test_an_execution_runs_up_to_the_action_that_is_not_rehearsed(tmp_path: Path) -> None:
    structure = pipeline(BUILD, stage("Call", action("call", actionTypeId=LAMBDA, configuration={"FunctionName": "f"})))
    with World(tmp_path, check_structure(structure, REGION)) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        assert world.stages(execution) == {"Source": "Succeeded", "Build": "Succeeded", "Call": "Failed"}
        details = world.state("Call")["actionStates"][0]["latestExecution"]["errorDetails"]
        assert details["code"] == "NotRehearsed"
        assert details["message"].startswith("Action type Invoke/AWS/Lambda/1 is not rehearsed: the local AWS runs ")


def test_an_action_in_another_region_is_not_rehearsed(tmp_path: Path) -> None:
    with World(tmp_path, check_structure(ACCEPTED["two stores"], REGION)) as world:
        assert world.ended(world.start()) == "Failed"
        details = world.state("Build")["actionStates"][0]["latestExecution"]["errorDetails"]
        assert details["message"] == "Actions in us-east-1 are not rehearsed: the local AWS is in ca-central-1 alone."


def test_a_rule_that_is_not_rehearsed_is_not_met(tmp_path: Path) -> None:
    structure = check_structure(entry("FAIL", rule("LambdaInvoke", FunctionName="f")), REGION)
    with World(tmp_path, structure) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        rules = world.execution(execution).stages[1].conditions[0].rules
        assert rules[0].error_message == (
            "Rule LambdaInvoke is not rehearsed: the local AWS evaluates DeploymentWindow, VariableCheck."
        )


def test_actions_are_grouped_by_run_order_whatever_their_order_of_writing() -> None:
    plan = read_plan(pipeline(stage("Test", action("c", runOrder=2), action("a"), action("b"))))
    assert plan.stages[1].groups == [["a", "b"], ["c"]]
