"""Two executions of one pipeline, in each mode, and transitions that are closed."""

from pathlib import Path

import pytest

from local_aws.platform.service import ServiceError
from tests.local_aws.codepipeline.harness import PERSON, World, action, pipeline, stage

BUILD = stage("Build", action("bake"))
PIPELINE = "cruddur-backend-fargate"


def test_queued_executions_enter_a_stage_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"bake": ["hold"]}) as world:
        first = world.start()
        world.running(first, "bake")
        second, third = world.start(), world.start()
        world.until(lambda: world.execution(second).stage == 1 and world.execution(third).stage == 1)
        assert [each["pipelineExecutionId"] for each in world.state("Build")["inboundExecutions"]] == [second, third]
        world.handler.release["bake"].set()
        assert [world.ended(each) for each in (first, second, third)] == ["Succeeded"] * 3
        order = [context.execution_id for context in world.handler.seen if context.name == "bake"]
        assert order == [first, second, third]


def test_a_newer_execution_supersedes_the_one_that_waits(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, mode="SUPERSEDED"), {"bake": ["hold"]}) as world:
        first = world.start()
        world.running(first, "bake")
        second = world.start()
        world.until(lambda: world.execution(second).stage == 1)
        third = world.start()
        assert world.ended(second) == "Superseded"
        world.handler.release["bake"].set()
        assert world.ended(first) == "Succeeded"
        assert world.ended(third) == "Succeeded"
        assert third in world.execution(second).summary


def test_parallel_executions_wait_for_nobody(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, mode="PARALLEL"), {"bake": ["hold", "hold"]}) as world:
        first, second = world.start(), world.start()
        world.running(first, "bake")
        world.running(second, "bake")
        world.handler.release["bake"].set()
        assert {world.ended(first), world.ended(second)} == {"Succeeded"}
        with pytest.raises(ServiceError, match="PARALLEL"):
            world.of_pipeline("DisableStageTransition", stageName="Build", transitionType="Inbound", reason="r")


def test_the_fifty_first_queued_execution_is_refused(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"Source": ["hold"]}) as world:
        for _ in range(50):
            world.start()
        with pytest.raises(ServiceError) as refused:
            world.start()
        assert refused.value.code == "ConcurrentPipelineExecutionsLimitExceededException"
        assert len(world.everything()) == 50


def test_a_failure_frees_the_stage_for_the_next_one(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"bake": ["fail", "ok"]}) as world:
        assert world.ended(world.start()) == "Failed"
        assert world.ended(world.start()) == "Succeeded"


@pytest.mark.parametrize(("name", "kind"), [("Build", "Inbound"), ("Source", "Outbound")])
def test_a_closed_transition_holds_executions_and_lets_them_go_when_it_opens(
    tmp_path: Path, name: str, kind: str
) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        world.of_pipeline("DisableStageTransition", stageName=name, transitionType=kind, reason="freeze")
        execution = world.start()
        world.until(lambda: world.execution(execution).stage == 1)
        state = world.state("Build")
        assert state["inboundExecution"] == {
            "pipelineExecutionId": execution,
            "status": "InProgress",
            "type": "STANDARD",
        }
        shown = state["inboundTransitionState"]
        assert (shown["enabled"], shown["disabledReason"], shown["lastChangedBy"]) == (False, "freeze", PERSON.arn)
        world.of_pipeline("EnableStageTransition", stageName=name, transitionType=kind)
        assert world.ended(execution) == "Succeeded"


def test_the_last_stage_has_no_way_out(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD)) as world, pytest.raises(ServiceError, match="no way out"):
        world.of_pipeline("DisableStageTransition", stageName="Build", transitionType="Outbound", reason="r")


def test_a_changed_definition_cancels_what_is_under_way(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"bake": ["hold"]}) as world:
        first = world.start()
        world.running(first, "bake")
        second = world.start()
        world.structure = {**world.structure, "version": 2}
        world.engine.definition_changed(PIPELINE, 2)
        assert [world.execution(each).status for each in (first, second)] == ["Cancelled", "Cancelled"]
        assert world.states(first)["bake"] == "Abandoned"
        assert world.ended(world.start()) == "Succeeded"
        world.engine.definition_changed(PIPELINE, None)
        assert world.everything() == []
