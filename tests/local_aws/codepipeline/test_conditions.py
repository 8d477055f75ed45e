"""Conditions, automatic retry and automatic roll-back."""

from pathlib import Path

import pytest

from tests.local_aws.codepipeline.harness import World, action, condition, pipeline, stage, variable_check

BUILD = stage("Build", action("bake", outputs=["imageDefinition"]))
GOOD = variable_check("#{SourceVariables.CommitId}", "c0ffee")
BAD = variable_check("#{SourceVariables.CommitId}", "tea")


def deploy(**members: object) -> dict[str, object]:
    return stage("Deploy", action("Deploy", "deploy", inputs=["imageDefinition"]), **members)


@pytest.mark.parametrize(
    ("members", "script", "end", "stage_end", "attempts"),
    [
        (condition("beforeEntry", "FAIL", GOOD), [], "Succeeded", "Succeeded", 1),
        (condition("beforeEntry", "FAIL", BAD), [], "Failed", "Failed", 0),
        (condition("beforeEntry", "FAIL", GOOD, {**BAD, "name": "other"}), [], "Failed", "Failed", 0),
        (condition("beforeEntry", "SKIP", BAD), [], "Succeeded", "Skipped", 0),
        (condition("onSuccess", "FAIL", GOOD), [], "Succeeded", "Succeeded", 1),
        (condition("onSuccess", "FAIL", BAD), [], "Failed", "Failed", 1),
        ({"onFailure": {"result": "RETRY"}}, ["fail", "ok"], "Succeeded", "Succeeded", 2),
        ({"onFailure": {"result": "RETRY"}}, ["fail", "fail", "ok"], "Failed", "Failed", 2),
        (condition("onFailure", "RETRY", GOOD), ["fail", "ok"], "Succeeded", "Succeeded", 2),
        (condition("onFailure", "RETRY", BAD), ["fail", "ok"], "Failed", "Failed", 1),
        ({"onFailure": {"result": "ROLLBACK"}}, ["fail"], "Failed", "Failed", 1),
    ],
)
def test_what_a_stage_does(
    tmp_path: Path, members: dict[str, object], script: list[str], end: str, stage_end: str, attempts: int
) -> None:
    with World(tmp_path, pipeline(BUILD, deploy(**members)), {"Deploy": script}) as world:
        execution = world.start()
        assert world.ended(execution) == end
        assert world.stages(execution)["Deploy"] == stage_end
        assert world.attempts("Deploy") == attempts
        assert len(world.everything()) == 1


@pytest.mark.parametrize(
    ("members", "script"),
    [
        ({"onFailure": {"result": "ROLLBACK"}, **condition("beforeEntry", "FAIL", GOOD)}, ["ok", "fail", "ok"]),
        (condition("onFailure", "ROLLBACK", GOOD), ["ok", "fail", "ok"]),
        (condition("onSuccess", "ROLLBACK", variable_check("#{variables.Fine}", "yes")), ["ok", "ok", "ok"]),
    ],
)
def test_a_stage_rolls_back_to_its_last_success(tmp_path: Path, members: dict[str, object], script: list[str]) -> None:
    structure = pipeline(BUILD, deploy(**members), variables=[{"name": "Fine", "defaultValue": "no"}])
    with World(tmp_path, structure, {"Deploy": script}) as world:
        good = world.start(variables=[{"name": "Fine", "value": "yes"}])
        assert world.ended(good) == "Succeeded"
        bad = world.start()
        assert world.ended(bad) == "Failed"
        back = world.everything()[-1]
        assert world.ended(back.id) == "Succeeded"
        assert (back.trigger, back.trigger_detail, back.rollback_target) == ("AutomatedRollback", bad, good)
        deployed = [context for context in world.handler.seen if context.name == "Deploy"][-1]
        assert deployed.read("imageDefinition").__enter__().read() == f"{good}/bake".encode()
        assert len(world.everything()) == 3
        rules = world.of_pipeline("ListRuleExecutions", filter={"pipelineExecutionId": back.id})
        assert rules["ruleExecutionDetails"] == []


def test_there_is_no_roll_back_to_another_structure(tmp_path: Path) -> None:
    structure = pipeline(BUILD, deploy(onFailure={"result": "ROLLBACK"}))
    with World(tmp_path, structure, {"Deploy": ["ok", "fail"]}) as world:
        world.ended(world.start())
        world.structure = {**structure, "version": 2}
        bad = world.start()
        assert world.ended(bad) == "Failed"
        assert "no earlier success in Deploy" in world.execution(bad).summary
        assert len(world.everything()) == 2


def test_a_roll_back_goes_before_those_who_wait(tmp_path: Path) -> None:
    structure = pipeline(BUILD, deploy(onFailure={"result": "ROLLBACK"}))
    with World(tmp_path, structure, {"Deploy": ["ok", "hold-fail", "ok", "ok"]}) as world:
        good = world.start()
        world.ended(good)
        bad = world.start()
        world.running(bad, "Deploy")
        waiting = world.start()
        world.until(lambda: world.execution(waiting).stage == 2)
        world.handler.release["Deploy"].set()
        assert world.ended(waiting) == "Succeeded"
        back = world.everything()[-1]
        deployed = [context.execution_id for context in world.handler.seen if context.name == "Deploy"]
        assert deployed == [good, bad, back.id, waiting]


def test_a_roll_back_that_fails_is_not_rolled_back(tmp_path: Path) -> None:
    structure = pipeline(BUILD, deploy(onFailure={"result": "ROLLBACK"}))
    with World(tmp_path, structure, {"Deploy": ["ok", "fail", "fail"]}) as world:
        world.ended(world.start())
        world.ended(world.start())
        assert world.ended(world.everything()[-1].id) == "Failed"
        assert len(world.everything()) == 3


def test_rules_are_listed_with_their_verdicts(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, deploy(**condition("beforeEntry", "FAIL", BAD)))) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        rules = world.of_pipeline("ListRuleExecutions", filter={"pipelineExecutionId": execution})
        (rule,) = rules["ruleExecutionDetails"]
        assert (rule["ruleName"], rule["status"], rule["stageName"]) == ("check", "Failed", "Deploy")
        assert rule["input"]["resolvedConfiguration"]["Variable"] == "c0ffee"
        told = "It is not true that 'c0ffee' equals 'tea'."
        assert rule["output"]["executionResult"]["externalExecutionSummary"] == told
        state = world.state("Deploy")["beforeEntryConditionState"]
        assert state["latestExecution"] == {"status": "Failed", "summary": f"check: {told}"}
        assert state["conditionStates"][0]["ruleStates"][0]["latestExecution"]["status"] == "Failed"


def test_an_entry_condition_is_evaluated_anew_on_retry(tmp_path: Path) -> None:
    window = {
        "name": "window",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"},
        "configuration": {"Cron": "* * 9-16 ? * MON-FRI *", "TimeZone": "America/Toronto"},
    }
    with World(tmp_path, pipeline(BUILD, deploy(**condition("beforeEntry", "FAIL", window)))) as world:
        world.clock.advance(1_700_352_000 - world.clock.now())  # Saturday 2023-11-18, 19:00 in Toronto
        execution = world.start()
        assert world.ended(execution) == "Failed"
        world.clock.advance(40 * 3600)
        world.of_pipeline(
            "RetryStageExecution", stageName="Deploy", pipelineExecutionId=execution, retryMode="FAILED_ACTIONS"
        )
        assert world.ended(execution) == "Succeeded"
        assert len(world.of_pipeline("ListRuleExecutions")["ruleExecutionDetails"]) == 2
