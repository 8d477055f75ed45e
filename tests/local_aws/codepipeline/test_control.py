"""Stopping, retrying, rolling back and approving."""

from pathlib import Path
from typing import Any

import pytest

from local_aws.platform.service import ServiceError
from tests.local_aws.codepipeline.harness import PERSON, World, action, pipeline, stage

BUILD = stage("Build", action("bake", outputs=["imageDefinition"]))
DEPLOY = stage("Deploy", action("Deploy", "deploy", inputs=["imageDefinition"]), action("Verify", runOrder=2))


def refusal(world: World, operation: str, **request: Any) -> str:
    with pytest.raises(ServiceError) as refused:
        world.of_pipeline(operation, **request)
    return refused.value.code


def test_stop_and_wait_lets_the_action_end_and_starts_no_other(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, DEPLOY), {"Deploy": ["hold"]}) as world:
        execution = world.start()
        world.running(execution, "Deploy")
        world.of_pipeline("StopPipelineExecution", pipelineExecutionId=execution, reason="wrong image")
        assert world.execution(execution).status == "Stopping"
        assert world.state("Deploy")["latestExecution"]["status"] == "Stopping"
        again = refusal(world, "StopPipelineExecution", pipelineExecutionId=execution)
        assert again == "DuplicatedStopRequestException"
        world.handler.release["Deploy"].set()
        assert world.ended(execution) == "Stopped"
        assert world.states(execution)["Deploy"] == "Succeeded"
        assert world.attempts("Verify") == 0
        summary = world.of_pipeline("ListPipelineExecutions")["pipelineExecutionSummaries"][0]
        assert summary["stopTrigger"] == {"reason": "wrong image"}
        assert refusal(world, "StopPipelineExecution", pipelineExecutionId=execution) == (
            "PipelineExecutionNotStoppableException"
        )
        world.of_pipeline(
            "RetryStageExecution", stageName="Deploy", pipelineExecutionId=execution, retryMode="FAILED_ACTIONS"
        )
        assert world.ended(execution) == "Succeeded"
        assert (world.attempts("Deploy"), world.attempts("Verify")) == (1, 1)


def test_stop_and_abandon_does_not_wait(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"bake": ["hold"]}) as world:
        execution = world.start()
        world.running(execution, "bake")
        world.of_pipeline("StopPipelineExecution", pipelineExecutionId=execution)
        world.of_pipeline("StopPipelineExecution", pipelineExecutionId=execution, abandon=True)
        assert world.ended(execution) == "Stopped"
        world.idle("bake")
        assert world.states(execution)["bake"] == "Abandoned"
        assert world.stages(execution)["Build"] == "Stopped"
        seen = next(each for each in world.handler.seen if each.name == "bake")
        assert seen.cancelled.wait(5)


def test_what_waits_in_front_of_a_stage_stops_at_once(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        world.of_pipeline("DisableStageTransition", stageName="Build", transitionType="Inbound", reason="r")
        execution = world.start()
        world.until(lambda: world.execution(execution).stage == 1)
        world.of_pipeline("StopPipelineExecution", pipelineExecutionId=execution)
        assert world.execution(execution).status == "Stopped"
        world.of_pipeline("EnableStageTransition", stageName="Build", transitionType="Inbound")
        assert world.attempts("bake") == 0
        assert (
            refusal(
                world, "RetryStageExecution", stageName="Build", pipelineExecutionId=execution, retryMode="ALL_ACTIONS"
            )
            == "NotLatestPipelineExecutionException"
        )


@pytest.mark.parametrize(("mode", "attempts"), [("FAILED_ACTIONS", (1, 2)), ("ALL_ACTIONS", (2, 2))])
def test_retry(tmp_path: Path, mode: str, attempts: tuple[int, int]) -> None:
    test = stage("Test", action("Audit"), action("Test", runOrder=2))
    with World(tmp_path, pipeline(test), {"Test": ["fail", "ok"]}) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        world.of_pipeline("RetryStageExecution", stageName="Test", pipelineExecutionId=execution, retryMode=mode)
        assert world.ended(execution) == "Succeeded"
        assert (world.attempts("Audit"), world.attempts("Test")) == attempts
        metadata = world.state("Test")["retryStageMetadata"]
        assert metadata == {"manualStageRetryAttempt": 1, "latestRetryTrigger": "ManualStageRetry"}
        within = {"pipelineExecutionId": execution, "startTimeRange": "Latest"}
        latest = world.of_pipeline("ListActionExecutions", filter={"latestInPipelineExecution": within})
        every = world.of_pipeline("ListActionExecutions", filter={"pipelineExecutionId": execution})
        assert len(latest["actionExecutionDetails"]) == 3
        assert len(every["actionExecutionDetails"]) == 1 + sum(attempts)


def test_failed_actions_are_retried_while_their_neighbour_goes_on(tmp_path: Path) -> None:
    test = stage("Test", action("Test"), action("Audit"))
    with World(tmp_path, pipeline(test), {"Test": ["fail", "ok"], "Audit": ["hold"]}) as world:
        execution = world.start()
        world.until(lambda: world.states(execution).get("Test") == "Failed")
        request = {"stageName": "Test", "pipelineExecutionId": execution}
        assert refusal(world, "RetryStageExecution", retryMode="ALL_ACTIONS", **request) == "StageNotRetryableException"
        world.of_pipeline("RetryStageExecution", retryMode="FAILED_ACTIONS", **request)
        world.until(lambda: world.states(execution)["Test"] == "Succeeded")
        world.handler.release["Audit"].set()
        assert world.ended(execution) == "Succeeded"
        assert (world.attempts("Test"), world.attempts("Audit")) == (2, 1)


def test_retries_that_can_not_be(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"bake": ["fail", "ok"]}) as world:
        failed, good = world.start(), ""
        world.ended(failed)
        good = world.start()
        world.ended(good)
        request = {"stageName": "Build", "retryMode": "FAILED_ACTIONS"}
        late = refusal(world, "RetryStageExecution", pipelineExecutionId=failed, **request)
        assert late == "NotLatestPipelineExecutionException"
        assert (
            refusal(world, "RetryStageExecution", pipelineExecutionId=good, **request) == "StageNotRetryableException"
        )
        assert refusal(world, "RetryStageExecution", pipelineExecutionId=good, **{**request, "stageName": "No"}) == (
            "StageNotFoundException"
        )


def test_a_structure_changed_since_forbids_the_retry(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD), {"bake": ["fail"]}) as world:
        execution = world.start()
        world.ended(execution)
        world.structure = {**world.structure, "version": 2}
        request = {"stageName": "Build", "retryMode": "FAILED_ACTIONS", "pipelineExecutionId": execution}
        assert refusal(world, "RetryStageExecution", **request) == "StageNotRetryableException"


def test_roll_back_runs_the_stage_with_the_artifacts_of_back_then(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, DEPLOY)) as world:
        old = world.start()
        world.ended(old)
        world.clock.advance(1)
        world.ended(world.start())
        back = world.of_pipeline("RollbackStage", stageName="Deploy", targetPipelineExecutionId=old)[
            "pipelineExecutionId"
        ]
        assert world.ended(back) == "Succeeded"
        deployed = [context for context in world.handler.seen if context.name == "Deploy"][-1]
        assert deployed.execution_id == back
        assert deployed.read("imageDefinition").__enter__().read() == f"{old}/bake".encode()
        shown = world.of_pipeline("GetPipelineExecution", pipelineExecutionId=back)["pipelineExecution"]
        assert shown["executionType"] == "ROLLBACK"
        assert shown["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": old}
        assert shown["trigger"]["triggerType"] == "ManualRollback"
        assert shown["artifactRevisions"][0]["revisionId"] == "c0ffee"
        assert world.state("Deploy")["latestExecution"]["type"] == "ROLLBACK"
        assert refusal(world, "RollbackStage", stageName="Deploy", targetPipelineExecutionId=back) == (
            "UnableToRollbackStageException"
        )


def test_roll_backs_that_can_not_be(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, DEPLOY), {"Deploy": ["fail", "hold"]}) as world:
        failed = world.start()
        world.ended(failed)
        request = {"stageName": "Deploy", "targetPipelineExecutionId": failed}
        assert refusal(world, "RollbackStage", **request) == "UnableToRollbackStageException"
        assert refusal(world, "RollbackStage", **{**request, "stageName": "Source"}) == "UnableToRollbackStageException"
        held = world.start()
        world.running(held, "Deploy")
        assert refusal(world, "RollbackStage", **{**request, "stageName": "No"}) == "StageNotFoundException"
        world.handler.release["Deploy"].set()
        assert world.ended(held) == "Succeeded"
        world.structure = {**world.structure, "version": 2}
        request["targetPipelineExecutionId"] = held
        assert refusal(world, "RollbackStage", **request) == "PipelineExecutionOutdatedException"


APPROVE = stage("Approve", action("Approve", "approval"))


def token(world: World) -> str:
    return str(world.state("Approve")["actionStates"][0]["latestExecution"]["token"])


def answer(world: World, status: str, token_text: str) -> Any:
    return world.of_pipeline(
        "PutApprovalResult",
        stageName="Approve",
        actionName="Approve",
        result={"summary": "said so", "status": status},
        token=token_text,
    )


@pytest.mark.parametrize(("status", "end"), [("Approved", "Succeeded"), ("Rejected", "Failed")])
def test_approval(tmp_path: Path, status: str, end: str) -> None:
    with World(tmp_path, pipeline(APPROVE, BUILD)) as world:
        execution = world.start()
        world.running(execution, "Approve")
        asked = token(world)
        assert answer(world, status, asked)["approvedAt"] == world.clock.now()
        assert world.ended(execution) == end
        latest = world.state("Approve")["actionStates"][0]["latestExecution"]
        assert (latest["summary"], latest["lastUpdatedBy"]) == ("said so", PERSON.arn)
        assert "token" not in latest
        assert world.attempts("bake") == (1 if end == "Succeeded" else 0)
        with pytest.raises(ServiceError) as refused:
            answer(world, status, asked)
        assert refused.value.code == "ApprovalAlreadyCompletedException"


def test_approvals_that_can_not_be(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(APPROVE, BUILD)) as world:
        execution = world.start()
        world.running(execution, "Approve")
        with pytest.raises(ServiceError) as refused:
            answer(world, "Approved", "00000000-0000-0000-0000-000000000000")
        assert refused.value.code == "InvalidApprovalTokenException"
        request = {"result": {"summary": "", "status": "Approved"}, "token": token(world)}
        assert refusal(world, "PutApprovalResult", stageName="Approve", actionName="No", **request) == (
            "ActionNotFoundException"
        )
        assert refusal(world, "PutApprovalResult", stageName="Build", actionName="bake", **request) == (
            "ValidationException"
        )


def test_an_approval_that_nobody_gives_times_out(tmp_path: Path) -> None:
    structure = pipeline(stage("Approve", action("Approve", "approval", timeoutInMinutes=5)), BUILD)
    with World(tmp_path, structure) as world:
        execution = world.start()
        world.running(execution, "Approve")
        world.clock.advance(301)
        assert world.ended(execution) == "Failed"
        latest = world.state("Approve")["actionStates"][0]["latestExecution"]
        assert latest["errorDetails"]["message"] == "Approve did not end within its 5 minutes."
