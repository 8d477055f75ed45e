"""OverrideStageCondition: a stage goes on although its condition is not met, or not yet.

https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_OverrideStageCondition.html
"""

from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codepipeline.api.lookups import execution_of, read, stage_of
from local_aws.services.codepipeline.api.stop_retry_rollback import go_on
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import BEFORE_ENTRY, ON_SUCCESS
from local_aws.services.codepipeline.engine.scheduling import PARALLEL
from local_aws.services.codepipeline.engine.stage_run import SKIP
from local_aws.services.codepipeline.store.records import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    OVERRIDDEN,
    ConditionRecord,
    ExecutionRecord,
    StageRecord,
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
