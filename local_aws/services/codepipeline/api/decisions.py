"""What a person decides: answers to approvals, conditions that are overridden, ways into stages that are closed.

https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_OverrideStageCondition.html
"""

from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codepipeline.api.lookups import execution_of, read, stage_of
from local_aws.services.codepipeline.api.stop_retry_rollback import go_on
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import BEFORE_ENTRY, ON_SUCCESS, PipelinePlan
from local_aws.services.codepipeline.engine.scheduling import PARALLEL
from local_aws.services.codepipeline.engine.stage_run import SKIP
from local_aws.services.codepipeline.store.execution_rows import Transition
from local_aws.services.codepipeline.store.records import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    OVERRIDDEN,
    SUCCEEDED,
    ActionRecord,
    ConditionRecord,
    ExecutionRecord,
    StageRecord,
)

APPROVED = "Approved"
APPROVAL = "Approval"


def put_approval_result(engine: Engine, caller: Caller, request: Json) -> Json:
    """End a waiting approval, as approved or as rejected; the token is the one that GetPipelineState shows."""
    name, plan = read(engine, "PutApprovalResult", request)
    _check_action(plan, request)
    with engine.parts.ledger.changed:
        execution, record = _asked(engine, name, request)
        if record.status != IN_PROGRESS or not execution.running:
            raise ServiceError(
                "ApprovalAlreadyCompletedException",
                f"The approval of action '{request['actionName']}' is already completed: {record.status}",
            )
        now, answer = engine.parts.clock.now(), request["result"]
        record.updated, record.updated_by, record.summary = now, caller.arn, answer["summary"]
        if answer["status"] == APPROVED:
            record.status = SUCCEEDED
        else:
            record.status, record.error_code = FAILED, "ApprovalRejected"
            reason = f": {answer['summary']}" if answer["summary"] else "."
            record.error_message = f"Rejected by {caller.arn}{reason}"
        engine.parts.ledger.save(execution)
        action = stage_of(plan, request["stageName"]).action(record.name)
        if action is not None:
            engine.parts.announcements.action(execution, request["stageName"], action, record.status, record.id)
    return {"approvedAt": now}


def _check_action(plan: PipelinePlan, request: Json) -> None:
    action = stage_of(plan, request["stageName"]).action(request["actionName"])
    if action is None:
        raise ServiceError(
            "ActionNotFoundException",
            f"Stage '{request['stageName']}' does not have an action '{request['actionName']}'",
        )
    if action.type.category != APPROVAL:
        message = f"Action '{action.name}' is of category {action.type.category}, and not an approval"
        raise ServiceError("ValidationException", message)


def _asked(engine: Engine, pipeline: str, request: Json) -> tuple[ExecutionRecord, ActionRecord]:
    for execution in engine.parts.ledger.of(pipeline):
        for stage in execution.stages:
            for record in stage.actions:
                named = stage.name == request["stageName"] and record.name == request["actionName"]
                if named and record.token == request["token"]:
                    return execution, record
    raise ServiceError(
        "InvalidApprovalTokenException",
        f"Token '{request['token']}' is not one of action '{request['actionName']}', or has expired",
    )


_KINDS = {"BEFORE_ENTRY": BEFORE_ENTRY, "ON_SUCCESS": ON_SUCCESS}


def override_stage_condition(engine: Engine, caller: Caller, request: Json) -> None:
    """Override a condition that is being evaluated, or that has failed the execution."""
    name, plan = read(engine, "OverrideStageCondition", request)
    planned = stage_of(plan, request["stageName"])
    kind = _KINDS[request["conditionType"]]
    with engine.parts.ledger.changed:
        execution = execution_of(engine, name, request["pipelineExecutionId"])
        latest = engine.parts.ledger.latest_in_stage(name, planned.name)
        if latest != execution and plan.mode != PARALLEL:
            told = f"; that is '{latest.id}'" if latest else ""
            raise ServiceError(
                "NotLatestPipelineExecutionException",
                f"Execution '{execution.id}' is not the latest in stage '{planned.name}'{told}",
            )
        stage = next(each for each in execution.stages if each.name == planned.name)
        condition = next((each for each in reversed(stage.conditions) if each.kind == kind), None)
        skips = kind in planned.conditions and planned.conditions[kind].result == SKIP
        if condition is None or skips or not _waits(execution, stage, condition):
            is_now = f"it is {condition.status}" if condition else "it was not evaluated"
            raise ServiceError(
                "ConditionNotOverridableException",
                f"Unable to override condition {request['conditionType']} of stage '{planned.name}' of pipeline "
                f"'{name}': {'its result is SKIP' if skips else is_now}",
            )
        _override(engine, condition, f"Overridden by {caller.arn}.")
        stage.admitted = True
        go_on(engine, execution)


def _waits(execution: ExecutionRecord, stage: StageRecord, condition: ConditionRecord) -> bool:
    """Return whether the execution stands still for this condition, or ended for it."""
    if execution.stages[execution.stage] is not stage:
        return False
    if execution.inside:
        return execution.status == IN_PROGRESS and condition.status == IN_PROGRESS
    return execution.status == FAILED and condition.status == FAILED and condition is stage.conditions[-1]


def _override(engine: Engine, condition: ConditionRecord, summary: str) -> None:
    now = engine.parts.clock.now()
    condition.status, condition.summary, condition.updated = OVERRIDDEN, summary, now
    for rule in condition.rules:
        if rule.status == IN_PROGRESS:
            rule.status, rule.updated = ABANDONED, now


OUTBOUND = "Outbound"


def enable_stage_transition(engine: Engine, caller: Caller, request: Json) -> None:
    """Open the way into a stage (Inbound) or out of it (Outbound); who waits there goes on."""
    name, plan = read(engine, "EnableStageTransition", request)
    _set(
        engine,
        name,
        _stage_meant(plan, request),
        Transition(enabled=True, changed_by=caller.arn, changed=engine.parts.clock.now()),
    )


def disable_stage_transition(engine: Engine, caller: Caller, request: Json) -> None:
    """Close the way into a stage or out of it; ``reason`` is shown to those who look."""
    name, plan = read(engine, "DisableStageTransition", request)
    if plan.mode == PARALLEL:
        message = f"Pipeline '{name}' is in PARALLEL mode, in which executions don't wait at transitions"
        raise ServiceError("ValidationException", message)
    closed = Transition(
        enabled=False, changed_by=caller.arn, changed=engine.parts.clock.now(), reason=request["reason"]
    )
    _set(engine, name, _stage_meant(plan, request), closed)


def _stage_meant(plan: PipelinePlan, request: Json) -> str:
    """Return the stage whose inbound transition is meant."""
    stage = stage_of(plan, request["stageName"])
    if request["transitionType"] != OUTBOUND:
        return stage.name
    following = plan.stages.index(stage) + 1
    if following == len(plan.stages):
        raise ServiceError("ValidationException", f"Stage '{stage.name}' is the last one: it has no way out")
    return plan.stages[following].name


def _set(engine: Engine, pipeline: str, stage: str, transition: Transition) -> None:
    with engine.parts.ledger.changed:
        engine.parts.ledger.set_transition(pipeline, stage, transition)
        engine.advance(pipeline)
