"""GetPipelineState: how every stage, action and condition of a pipeline stands."""

from local_aws.platform.request_validation import check_request
from local_aws.platform.service import Caller, Json
from local_aws.services.codepipeline.api.history import error_details
from local_aws.services.codepipeline.api.lookups import definition_of
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import (
    BEFORE_ENTRY,
    CONDITION_KINDS,
    ON_FAILURE,
    ON_SUCCESS,
    StagePlan,
    read_plan,
)
from local_aws.services.codepipeline.store.records import (
    IN_PROGRESS,
    ActionRecord,
    ConditionRecord,
    ExecutionRecord,
    StageRecord,
    TaskRecord,
)

CONDITION_MEMBERS = {
    BEFORE_ENTRY: "beforeEntryConditionState",
    ON_SUCCESS: "onSuccessConditionState",
    ON_FAILURE: "onFailureConditionState",
}


def get_pipeline_state(engine: Engine, _caller: Caller, request: Json) -> Json:
    """Report the state of each stage of the present structure, in its order."""
    check_request("codepipeline", "GetPipelineState", request)
    definition = definition_of(engine, request["name"])
    plan = read_plan(definition.structure)
    with engine.parts.ledger.changed:
        executions = engine.parts.ledger.of(plan.name)
        states = [_stage(engine, plan.name, index, stage, executions) for index, stage in enumerate(plan.stages)]
    return {
        "pipelineName": plan.name,
        "pipelineVersion": plan.version,
        "stageStates": states,
        "created": definition.created,
        "updated": definition.updated,
    }


def _stage(engine: Engine, pipeline: str, index: int, stage: StagePlan, executions: list[ExecutionRecord]) -> Json:
    been = _visits(executions, stage.name)
    members: Json = {
        "stageName": stage.name,
        "inboundTransitionState": _transition(engine, pipeline, stage.name),
        "actionStates": [_action(action.name, been) for action in stage.actions],
    }
    waiting = [each for each in executions if each.running and not each.inside and each.stage == index]
    if waiting:
        inbound = [_stage_execution(each, IN_PROGRESS) for each in waiting]
        members |= {"inboundExecution": inbound[0], "inboundExecutions": inbound}
    if been:
        execution, record = been[0]
        members["latestExecution"] = _stage_execution(execution, record.status)
        members |= {CONDITION_MEMBERS[kind]: _condition(kind, record) for kind in CONDITION_KINDS if _has(kind, record)}
        if record.latest_retry:
            members["retryStageMetadata"] = _retries(record)
    return members


def _visits(executions: list[ExecutionRecord], stage: str) -> list[tuple[ExecutionRecord, StageRecord]]:
    """Give who was in the stage, the latest first."""
    been = [(each, record) for each in executions for record in each.stages if record.name == stage and record.entered]
    return sorted(been, key=lambda each: (each[1].entered, each[0].sequence), reverse=True)


def _transition(engine: Engine, pipeline: str, stage: str) -> Json:
    transition = engine.parts.ledger.transition(pipeline, stage)
    members: Json = {"enabled": transition.enabled}
    if transition.changed_by:
        members |= {"lastChangedBy": transition.changed_by, "lastChangedAt": transition.changed}
    return members | ({"disabledReason": transition.reason} if transition.reason else {})


def _stage_execution(execution: ExecutionRecord, status: str) -> Json:
    return {"pipelineExecutionId": execution.id, "status": status, "type": execution.type}


def _retries(stage: StageRecord) -> Json:
    counts = {"autoStageRetryAttempt": stage.automatic_retries, "manualStageRetryAttempt": stage.manual_retries}
    return {name: count for name, count in counts.items() if count} | {"latestRetryTrigger": stage.latest_retry}


def _action(name: str, been: list[tuple[ExecutionRecord, StageRecord]]) -> Json:
    """Report an action's latest attempt, which may be an earlier execution's when the latest has not come to it."""
    for execution, stage in been:
        for record in reversed(stage.actions):
            if record.name == name:
                members: Json = {"actionName": name, "latestExecution": _attempt(record)}
                revision = execution.revisions.get(name)
                if revision:
                    members["currentRevision"] = {
                        "revisionId": revision.id,
                        "revisionChangeId": revision.id[:100],
                        "created": revision.created,
                    }
                return members
    return {"actionName": name}


def _attempt(record: ActionRecord) -> Json:
    members = {"actionExecutionId": record.id, **_task(record), "logStreamARN": record.log_stream_arn}
    if record.status == IN_PROGRESS:
        members["token"] = record.token
    return {name: value for name, value in members.items() if value}


def _task(record: TaskRecord) -> Json:
    members = {
        "status": record.status,
        "summary": record.summary,
        "lastStatusChange": record.updated,
        "lastUpdatedBy": record.updated_by,
        "externalExecutionId": record.external_id,
        "externalExecutionUrl": record.external_url,
        "errorDetails": error_details(record),
    }
    return {name: value for name, value in members.items() if value}


def _has(kind: str, stage: StageRecord) -> bool:
    return any(condition.kind == kind for condition in stage.conditions)


def _condition(kind: str, stage: StageRecord) -> Json:
    latest: ConditionRecord = [condition for condition in stage.conditions if condition.kind == kind][-1]
    execution = {"status": latest.status} | ({"summary": latest.summary} if latest.summary else {})
    return {
        "latestExecution": execution,
        "conditionStates": [
            {
                "latestExecution": {**execution, "lastStatusChange": latest.updated},
                "ruleStates": [
                    {"ruleName": rule.name, "latestExecution": {"ruleExecutionId": rule.id, **_task(rule)}}
                    for rule in latest.rules
                ],
            }
        ],
    }
