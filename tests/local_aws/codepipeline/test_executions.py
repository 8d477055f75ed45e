"""Whole executions: stages, artifacts, variables, and every way of ending."""

from pathlib import Path

import pytest

from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionResult
from tests.local_aws.codepipeline.harness import KEY, PERSON, World, action, pipeline, stage

BUILD = stage("Build", action("bake", outputs=["imageDefinition"], namespace="Build"))
DEPLOY = stage("Deploy", action("Deploy", "deploy", inputs=["imageDefinition"]))


def test_a_release_goes_through_its_stages_and_hands_artifacts_on(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, DEPLOY)) as world:
        execution = world.start()
        assert world.ended(execution) == "Succeeded"
        assert world.stages(execution) == {"Source": "Succeeded", "Build": "Succeeded", "Deploy": "Succeeded"}
        deploy = next(each for each in world.handler.seen if each.name == "Deploy")
        assert deploy.read("imageDefinition").__enter__().read() == f"{execution}/bake".encode()
        location = deploy.inputs["imageDefinition"]
        assert location.bucket == "artifacts"
        assert location.key.startswith("cruddur-backend-farg/imageDefin/")
        assert {key for _, key in world.artifacts.objects.values()} == {KEY}


def test_actions_of_one_run_order_run_side_by_side_and_the_next_ones_after_them(tmp_path: Path) -> None:
    test = stage("Test", action("Test"), action("Audit"), action("Report", runOrder=2))
    with World(tmp_path, pipeline(test), {"Test": ["hold"], "Audit": ["hold"]}) as world:
        execution = world.start()
        world.running(execution, "Test")
        world.running(execution, "Audit")
        assert world.attempts("Report") == 0
        world.handler.release["Audit"].set()
        world.until(lambda: world.states(execution)["Audit"] == "Succeeded")
        assert world.attempts("Report") == 0
        world.handler.release["Test"].set()
        assert world.ended(execution) == "Succeeded"
        assert world.attempts("Report") == 1


def test_a_failing_action_lets_its_neighbour_finish_and_ends_the_execution(tmp_path: Path) -> None:
    test = stage("Test", action("Test"), action("Audit"))
    with World(
        tmp_path,
        pipeline(test),
        {"Test": ["fail"], "Audit": ["hold"]},
    ) as world:
        execution = world.start()
        world.until(lambda: world.states(execution).get("Test") == "Failed")
        assert world.execution(execution).status == "InProgress"
        world.handler.release["Audit"].set()
        assert world.ended(execution) == "Failed"
        details = world.of_pipeline("ListActionExecutions")["actionExecutionDetails"]
        failed = next(each for each in details if each["actionName"] == "Test")
        assert failed["output"]["executionResult"]["errorDetails"] == {"code": "JobFailed", "message": "Test failed"}


def test_variables_are_resolved_before_an_action_runs(tmp_path: Path) -> None:
    configuration = {
        "ProjectName": "p-#{variables.Size}",
        "EnvironmentVariables": "#{SourceVariables.CommitId} #{codepipeline.PipelineExecutionId}",
    }
    structure = pipeline(
        stage("Build", action("bake", configuration=configuration)),
        variables=[{"name": "Size", "defaultValue": "small"}, {"name": "Name"}],
    )
    with World(tmp_path, structure) as world:
        execution = world.start(variables=[{"name": "Name", "value": "n"}])
        assert world.ended(execution) == "Succeeded"
        resolved = next(each for each in world.handler.seen if each.name == "bake").configuration
        assert resolved["ProjectName"] == "p-small"
        assert f"c0ffee {execution}" in resolved["EnvironmentVariables"]
        shown = world.of_pipeline("GetPipelineExecution", pipelineExecutionId=execution)["pipelineExecution"]
        assert shown["variables"] == [
            {"name": "Size", "resolvedValue": "small"},
            {"name": "Name", "resolvedValue": "n"},
        ]
        assert shown["artifactRevisions"][0]["revisionId"] == "c0ffee"


def test_a_variable_that_was_not_made_fails_the_action_and_says_which_exist(tmp_path: Path) -> None:
    build = stage(
        "Build",
        action("bake", namespace="Bake"),
        action("ship", configuration={"ProjectName": "#{Bake.Missing}"}, runOrder=2),
    )
    with World(tmp_path, pipeline(build)) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        error = world.state("Build")["actionStates"][1]["latestExecution"]["errorDetails"]
        assert error["code"] == "InvalidVariableReference"
        assert "#{Bake.Missing}" in error["message"]
        assert "Bake.Tag" in error["message"]


@pytest.mark.parametrize(
    ("request_members", "words"),
    [
        ({"variables": [{"name": "Other", "value": "1"}]}, "Variable 'Other' is not declared"),
        ({}, "Variable 'Name' of pipeline 'cruddur-backend-fargate' has no default value"),
        ({"sourceRevisions": [{"actionName": "X", "revisionType": "COMMIT_ID", "revisionValue": "1"}]}, "name X"),
        (
            {"sourceRevisions": [{"actionName": "Source", "revisionType": "IMAGE_DIGEST", "revisionValue": "1"}]},
            "takes a revision of type COMMIT_ID",
        ),
        ({"variables": []}, "length greater than or equal to 1"),
    ],
)
def test_a_start_that_can_not_be_is_refused(tmp_path: Path, request_members: dict[str, object], words: str) -> None:
    with World(tmp_path, pipeline(BUILD, variables=[{"name": "Name"}])) as world:
        with pytest.raises(ServiceError, match=words) as refused:
            world.start(**request_members)
        assert refused.value.code == "ValidationException"
        assert world.everything() == []


def test_the_same_request_token_starts_once(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        first = world.start(clientRequestToken="once")
        assert world.start(clientRequestToken="once") == first
        assert world.start(clientRequestToken="twice") != first


def test_an_override_reaches_the_source_action(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        override = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "beef"}
        world.ended(world.start(sourceRevisions=[override]))
        seen = world.handler.seen[0].override
        assert seen is not None
        assert seen.value == "beef"


def test_a_handler_that_breaks_is_a_failed_action_and_not_a_stuck_one(tmp_path: Path) -> None:
    def broken(_: ActionContext) -> ActionResult:
        raise RuntimeError("wires crossed")

    with World(tmp_path, pipeline(BUILD), {"bake": [broken]}) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        error = world.state("Build")["actionStates"][0]["latestExecution"]["errorDetails"]
        assert error["code"] == "InternalError"
        assert "wires crossed" in error["message"]


def test_an_action_past_its_time_fails_and_its_late_result_counts_for_nothing(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, DEPLOY), {"Deploy": ["hold"]}) as world:
        execution = world.start()
        world.running(execution, "Deploy")
        world.clock.advance(59 * 60)
        assert world.execution(execution).running
        world.clock.advance(61)
        assert world.ended(execution) == "Failed"
        world.idle("Deploy")
        error = world.state("Deploy")["actionStates"][0]["latestExecution"]["errorDetails"]
        assert error == {"code": "TimeoutError", "message": "Deploy did not end within its 60 minutes."}


@pytest.mark.parametrize(
    ("operation", "request_members", "code"),
    [
        ("StartPipelineExecution", {"name": "other"}, "PipelineNotFoundException"),
        ("GetPipelineState", {"name": "other"}, "PipelineNotFoundException"),
        ("GetPipelineState", {}, "ValidationException"),
        ("GetPipelineExecution", {"pipelineExecutionId": "nonsense"}, "ValidationException"),
        (
            "GetPipelineExecution",
            {"pipelineExecutionId": "0" * 8 + "-0000-0000-0000-" + "0" * 12},
            "PipelineExecutionNotFoundException",
        ),
        (
            "ListActionExecutions",
            {"filter": {"pipelineExecutionId": "0" * 8 + "-0000-0000-0000-" + "0" * 12}},
            "PipelineExecutionNotFoundException",
        ),
        ("ListPipelineExecutions", {"nextToken": "x"}, "InvalidNextTokenException"),
        ("ListPipelineExecutions", {"filter": {"succeededInStage": {"stageName": "No"}}}, "StageNotFoundException"),
        (
            "StopPipelineExecution",
            {"pipelineExecutionId": "0" * 8 + "-0000-0000-0000-" + "0" * 12},
            "PipelineExecutionNotFoundException",
        ),
        (
            "DisableStageTransition",
            {"stageName": "No", "transitionType": "Inbound", "reason": "r"},
            "StageNotFoundException",
        ),
        (
            "RetryStageExecution",
            {
                "stageName": "Build",
                "retryMode": "ALL_ACTIONS",
                "pipelineExecutionId": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
            },
            "NotLatestPipelineExecutionException",
        ),
    ],
)
def test_refusals_have_the_codes_of_the_api(
    tmp_path: Path, operation: str, request_members: dict[str, object], code: str
) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        name = (
            {}
            if operation in ("StartPipelineExecution", "GetPipelineState")
            else {"pipelineName": "cruddur-backend-fargate"}
        )
        with pytest.raises(ServiceError) as refused:
            world.operations[operation](PERSON, {**name, **request_members})
        assert refused.value.code == code


def test_lists_come_newest_first_and_in_pages(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        started = []
        for _ in range(3):
            started.append(world.start())
            world.ended(started[-1])
            world.clock.advance(1)
        first = world.of_pipeline("ListPipelineExecutions", maxResults=2)
        rest = world.of_pipeline("ListPipelineExecutions", maxResults=2, nextToken=first["nextToken"])
        listed = [
            each["pipelineExecutionId"]
            for each in (*first["pipelineExecutionSummaries"], *rest["pipelineExecutionSummaries"])
        ]
        assert listed == started[::-1]
        assert "nextToken" not in rest
        succeeded = world.of_pipeline("ListPipelineExecutions", filter={"succeededInStage": {"stageName": "Build"}})
        assert len(succeeded["pipelineExecutionSummaries"]) == 3
        newest = world.of_pipeline("ListActionExecutions", maxResults=1)["actionExecutionDetails"][0]
        assert newest["pipelineExecutionId"] == started[-1]


def test_events_tell_of_each_change(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD)) as world:
        world.ended(world.start())
        world.close()
        told = [(kind.split()[1], detail["state"], detail.get("action")) for kind, detail in world.events]
        assert told == [
            ("Pipeline", "STARTED", None),
            ("Stage", "STARTED", None),
            ("Action", "STARTED", "Source"),
            ("Action", "SUCCEEDED", "Source"),
            ("Stage", "SUCCEEDED", None),
            ("Stage", "STARTED", None),
            ("Action", "STARTED", "bake"),
            ("Action", "SUCCEEDED", "bake"),
            ("Stage", "SUCCEEDED", None),
            ("Pipeline", "SUCCEEDED", None),
        ]
