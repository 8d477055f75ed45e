"""Faults of a pipeline's structure, each found at its place."""

from collections.abc import Callable
from typing import Any

import pytest

from local_aws.pipelines.planning.checks import findings
from local_aws.pipelines.planning.plan import read_plan
from tests.local_aws.pipelines.harness import SOURCE, action, condition, pipeline, stage, variable_check

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

FAULTS = [
    ("CP001", "stages/Build/actions/bake", one(colour="red")),
    ("CP001", "", changed(lambda structure: structure.update(mood="good"))),
    ("CP002", "stages/Build/actions/bake", one(commands=["ls"])),
    ("CP003", "executionMode", pipeline(BUILD, mode="FAST")),
    ("CP004", "pipelineType", pipeline(BUILD, pipelineType="V1")),
    ("CP005", "artifactStore", changed(lambda structure: structure.pop("artifactStore"))),
    ("CP005", "artifactStores", changed(lambda structure: structure.update(artifactStores={"a": {}, "b": {}}))),
    ("CP010", "stages", pipeline()),
    ("CP011", "stages/Build", pipeline(stage("Build", action("a")), stage("Build", action("b")))),
    ("CP012", "stages/First", changed(lambda structure: structure.update(stages=[stage("First", action("a")), BUILD]))),
    ("CP013", "stages/Late", pipeline(stage("Late", action("s", "source", outputs=["X"])))),
    ("CP014", "stages/Empty", pipeline(stage("Empty"))),
    ("CP020", "stages/Build/actions/a", pipeline(stage("Build", action("a"), action("a")))),
    ("CP021", "stages/Build/actions/a", one("a", actionTypeId={**OTHER, "provider": "CodeDeployToECS"})),
    ("CP022", "stages/Build/actions/a", one("a", actionTypeId={**OTHER, "provider": "Teleport"})),
    ("CP023", "stages/Build/actions/bake", one(configuration={})),
    ("CP024", "stages/Build/actions/bake/configuration/Nmae", one(configuration={"ProjectName": "p", "Nmae": "x"})),
    ("CP025", "stages/Build/actions/bake", one(inputs=["Later"])),
    (
        "CP025",
        "stages/Build/actions/b",
        pipeline(stage("Build", action("a", outputs=["X"]), action("b", inputs=["X"]))),
    ),
    (
        "CP026",
        "stages/Build/actions/bake/configuration/BatchEnabled",
        one(configuration={"ProjectName": "p", "BatchEnabled": "perhaps"}),
    ),
    ("CP027", "stages/Build/actions/bake/configuration/ProjectName", one(configuration={"ProjectName": "p" * 1001})),
    ("CP028", "stages/Build/actions/bake", one(inputs=[])),
    ("CP029", "stages/Build/actions/bake", one(timeoutInMinutes=10)),
    ("CP029", "stages/Build/actions/ask", one("ask", "approval", timeoutInMinutes=4)),
    ("CP030", "stages/Build/actions/bake", one(outputs=["SourceArtifact"])),
    ("CP031", "stages/Build/actions/bake", one(namespace="SourceVariables")),
    ("CP032", "stages/Build/actions/bake/configuration/ProjectName", one(configuration={"ProjectName": "#{Nobody.X}"})),
    (
        "CP033",
        "stages/Build/actions/bake/configuration/ProjectName",
        one(configuration={"ProjectName": "#{SourceVariables.CommitID}"}),
    ),
    (
        "CP033",
        "stages/Build/actions/bake/configuration/ProjectName",
        one(configuration={"ProjectName": "#{variables.Undeclared}"}),
    ),
    (
        "CP040",
        "stages/Build/beforeEntry",
        pipeline({**BUILD, **condition("beforeEntry", "ROLLBACK", variable_check("a", "b"))}),
    ),
    ("CP040", "stages/Build/onFailure", pipeline({**BUILD, "onFailure": {"result": "SKIP"}})),
    ("CP042", "stages/Build/onFailure", pipeline({**BUILD, "onFailure": {"result": "ROLLBACK"}}, mode="PARALLEL")),
    ("CP043", "stages/Build/onSuccess", pipeline({**BUILD, **condition("onSuccess", "FAIL")})),
    (
        "CP041",
        "stages/Source/onFailure",
        changed(lambda structure: structure.update(stages=[{**SOURCE, "onFailure": {"result": "RETRY"}}, BUILD])),
    ),
    ("CP060", "triggers/Elsewhere", pipeline(BUILD, triggers=[trigger(sourceActionName="Elsewhere")])),
    ("CP061", "triggers/Source", pipeline(BUILD, triggers=[trigger(), trigger()])),
    ("CP062", "triggers/Source/push", pipeline(BUILD, triggers=[trigger(push=[{}, {}, {}, {}])])),
    (
        "CP063",
        "triggers/Source/push/0",
        pipeline(BUILD, triggers=[trigger(push=[{"tags": {"includes": ["v*"]}, "branches": {"includes": ["a"]}}])]),
    ),
    (
        "CP064",
        "triggers/Source/push/0/branches/includes",
        pipeline(BUILD, triggers=[trigger(push=[{"branches": {"includes": ["a"] * 9}}])]),
    ),
    (
        "CP065",
        "triggers/Source/push/0/branches/includes",
        pipeline(BUILD, triggers=[trigger(push=[{"branches": {"includes": ["{a"]}}])]),
    ),
]


def rule(provider: str, **configuration: str) -> Any:
    declared = variable_check("a", "b")
    return {**declared, "ruleTypeId": {**declared["ruleTypeId"], "provider": provider}, "configuration": configuration}


RULE_FAULTS = [
    ("CP044", "SKIP", rule("CloudWatchAlarm", AlarmName="a")),
    ("CP045", "FAIL", {**variable_check("a", "b"), "timeoutInMinutes": 1}),
    ("CP046", "FAIL", rule("LambdaInvoke", FunctionName="f")),
    ("CP047", "FAIL", rule("CoinToss")),
    ("CP048", "FAIL", rule("DeploymentWindow")),
    ("CP049", "FAIL", rule("DeploymentWindow", Cron="* * * ? * * *", Zone="UTC")),
    ("CP050", "FAIL", variable_check("a", "b", "ALMOST")),
    ("CP032", "FAIL", variable_check("#{Nobody.X}", "b")),
    ("CP032", "FAIL", variable_check("#{Build.Tag}", "b")),
    ("CP025", "FAIL", {**variable_check("a", "b"), "inputArtifacts": [{"name": "imageDefinition"}]}),
]


@pytest.mark.parametrize(("identifier", "place", "structure"), FAULTS)
def test_a_fault_is_found_at_its_place(identifier: str, place: str, structure: Any) -> None:
    assert (identifier, place) in [(each.id, each.place) for each in findings(structure)]
    assert all(each.sentence and each.remedy for each in findings(structure))


@pytest.mark.parametrize(("identifier", "result", "declared"), RULE_FAULTS)
def test_a_fault_of_a_rule_is_found(identifier: str, result: str, declared: Any) -> None:
    structure = pipeline({**BUILD, **condition("beforeEntry", result, declared)})
    found = {each.id: each.place for each in findings(structure)}
    assert found.get(identifier, "").startswith("stages/Build/beforeEntry/check")


def test_a_sound_structure_has_no_findings() -> None:
    structure = pipeline(
        stage("Test", action("Test"), action("Audit")),
        {**BUILD, **condition("beforeEntry", "SKIP", variable_check("#{SourceVariables.BranchName}", "prod"))},
        stage("Approve", action("Approve", "approval", timeoutInMinutes=60)),
        stage("Deploy", action("Deploy", "deploy", inputs=["imageDefinition"]), onFailure={"result": "ROLLBACK"}),
        triggers=[
            trigger(push=[{"branches": {"includes": ["prod"]}, "filePaths": {"includes": ["backend-flask/**"]}}])
        ],
        variables=[{"name": "Size", "defaultValue": "small"}],
    )
    assert findings(structure) == []


def test_actions_are_grouped_by_run_order_whatever_their_order_of_writing() -> None:
    plan = read_plan(pipeline(stage("Test", action("c", runOrder=2), action("a"), action("b"))))
    assert plan.stages[1].groups == [["a", "b"], ["c"]]
