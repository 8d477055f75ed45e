"""StopPipelineExecution, RetryStageExecution and RollbackStage."""

from local_aws.platform.request_validation import check_request
from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codepipeline.api.lookups import definition_of, execution_of, read, stage_of
from local_aws.services.codepipeline.engine.engine import MANUAL_ROLLBACK, Engine, abandon
from local_aws.services.codepipeline.engine.plan import read_plan
from local_aws.services.codepipeline.engine.scheduling import ALL_ACTIONS, MANUAL, PARALLEL, mark_for_retry
from local_aws.services.codepipeline.store.records import (
    FAILED,
    IN_PROGRESS,
    STANDARD,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    ExecutionRecord,
    StageRecord,
)


def stop_pipeline_execution(engine: Engine, _caller: Caller, request: Json) -> Json:
    """Stop an execution: let what runs end, or abandon it; what waits in front of a stage stops at once."""
    check_request("codepipeline", "StopPipelineExecution", request)
    abandoning = bool(request.get("abandon", False))
    with engine.parts.ledger.changed:
        definition_of(engine, request["pipelineName"])
        execution = execution_of(engine, request["pipelineName"], request["pipelineExecutionId"])
        _check_stoppable(execution, abandoning=abandoning)
        execution.stop_reason = request.get("reason") or ""
        if not execution.inside:
            engine.end(execution, STOPPED)
            engine.advance(execution.pipeline)
        else:
            stage = execution.stages[execution.stage]
            execution.status = stage.status = STOPPING
            execution.abandoned = abandoning
            if abandoning:
                abandon(stage, engine.parts.clock.now())
            engine.parts.ledger.save(execution)
            engine.parts.announcements.pipeline(execution, STOPPING)
    return {"pipelineExecutionId": execution.id}


def _check_stoppable(execution: ExecutionRecord, *, abandoning: bool) -> None:
    if not execution.running:
        raise ServiceError(
            "PipelineExecutionNotStoppableException",
            f"Execution '{execution.id}' is not in progress: it is {execution.status}",
        )
    if execution.status == STOPPING and (execution.abandoned or not abandoning):
        raise ServiceError(
            "DuplicatedStopRequestException",
            f"Execution '{execution.id}' is already in a Stopping state. If you chose to stop and wait, you can "
            "choose to stop and abandon now",
        )


def retry_stage_execution(engine: Engine, _caller: Caller, request: Json) -> Json:
    """Run the failed actions of a stage, or all of them, once more in the same execution."""
    name, plan = read(engine, "RetryStageExecution", request)
    stage_of(plan, request["stageName"])
    with engine.parts.ledger.changed:
        execution = engine.parts.ledger.get(request["pipelineExecutionId"])
        latest = engine.parts.ledger.latest_in_stage(name, request["stageName"])
        if execution is None or execution.pipeline != name or (latest != execution and plan.mode != PARALLEL):
            raise ServiceError(
                "NotLatestPipelineExecutionException",
                f"Execution '{request['pipelineExecutionId']}' is not the latest in stage '{request['stageName']}'"
                + (f"; that is '{latest.id}'" if latest else ""),
            )
        if execution.version != plan.version:
            raise _not_retryable(request, "the pipeline's structure has changed since the execution began")
        stage = next(each for each in execution.stages if each.name == request["stageName"])
        _check_retryable(request, execution, stage)
        stage.manual_retries += 1
        stage.latest_retry = MANUAL
        mark_for_retry(stage, request["retryMode"])
        go_on(engine, execution)
    return {"pipelineExecutionId": execution.id}


def _check_retryable(request: Json, execution: ExecutionRecord, stage: StageRecord) -> None:
    """Refuse a stage that has nothing to retry, and one in which actions run when all are to be run again."""
    here = execution.stages[execution.stage] is stage
    if not here or execution.status == STOPPING:
        raise _not_retryable(request, f"the execution is {execution.status} in stage '{stage.name}'")
    latest = [stage.latest(name) for name in dict.fromkeys(each.name for each in stage.actions)]
    failed = [each for each in latest if each is not None and each.status not in (SUCCEEDED, IN_PROGRESS)]
    condition_failed = bool(stage.conditions) and stage.conditions[-1].status == FAILED
    if execution.inside:
        if not failed or request["retryMode"] == ALL_ACTIONS:
            raise _not_retryable(request, "actions of the stage are in progress")
    elif execution.status not in (FAILED, STOPPED) or not (failed or condition_failed or stage.status == STOPPED):
        raise _not_retryable(request, "the stage contains no failed actions")


def _not_retryable(request: Json, why: str) -> ServiceError:
    message = f"Unable to retry stage '{request['stageName']}' of pipeline '{request['pipelineName']}': {why}"
    return ServiceError("StageNotRetryableException", message)


def go_on(engine: Engine, execution: ExecutionRecord) -> None:
    """Have an execution go on from where it is, in its stage or failed in it."""
    if execution.inside:
        engine.parts.ledger.save(execution)
        return
    execution.status, execution.summary, execution.stop_reason, execution.abandoned = IN_PROGRESS, "", "", False
    engine.parts.announcements.pipeline(execution, "RESUMED")
    engine.enter(execution)


def rollback_stage(engine: Engine, _caller: Caller, request: Json) -> Json:
    """Run a stage again as an earlier execution ran it, in a new execution of type ROLLBACK."""
    name, plan = read(engine, "RollbackStage", request)
    stage = stage_of(plan, request["stageName"])
    with engine.parts.ledger.changed:
        target = execution_of(engine, name, request["targetPipelineExecutionId"])
        if plan.stages[0] is stage:
            raise _not_to_roll_back(request, "it is the source stage")
        if plan.mode == PARALLEL:
            raise _not_to_roll_back(request, "stages of a pipeline in PARALLEL mode can't be rolled back")
        if target.version != plan.version:
            raise ServiceError(
                "PipelineExecutionOutdatedException",
                f"Execution '{target.id}' ran version {target.version} of pipeline '{name}', which is at version "
                f"{plan.version}: it can't be rolled back to",
            )
        if target.type != STANDARD:
            raise _not_to_roll_back(request, f"execution '{target.id}' is itself a roll-back")
        if not any(each.name == stage.name and each.status == SUCCEEDED for each in target.stages):
            raise _not_to_roll_back(request, f"execution '{target.id}' did not succeed in it")
        _check_free(engine, name, request)
        index = read_plan(target.structure).stage_index(stage.name)
        busy = [
            each.id for each in engine.parts.ledger.of(name) if each.running and each.inside and each.stage == index
        ]
        if busy:
            raise _not_to_roll_back(request, f"execution '{busy[0]}' is running in it")
        started = engine.roll_back(stage.name, target, MANUAL_ROLLBACK, _caller.arn)
    return {"pipelineExecutionId": started.id}


def _check_free(engine: Engine, pipeline: str, request: Json) -> None:
    transition = engine.parts.ledger.transition(pipeline, request["stageName"])
    if not transition.enabled:
        raise _not_to_roll_back(request, "the transition into it is disabled")


def _not_to_roll_back(request: Json, why: str) -> ServiceError:
    message = f"Unable to roll back stage '{request['stageName']}' of pipeline '{request['pipelineName']}': {why}"
    return ServiceError("UnableToRollbackStageException", message)
