"""ListActionExecutions and ListRuleExecutions."""

from collections.abc import Iterator
from dataclasses import asdict

from local_aws.platform.members import listed
from local_aws.platform.service import Caller, Json
from local_aws.services.codepipeline.api.lookups import execution_of, read
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import TaskPlan, read_plan
from local_aws.services.codepipeline.store.records import (
    ActionRecord,
    ExecutionRecord,
    Location,
    RuleRecord,
    StageRecord,
    TaskRecord,
)

LATEST = "Latest"


def list_action_executions(engine: Engine, _caller: Caller, request: Json) -> Json:
    """List the attempts at actions, newest first: of the pipeline, or of one execution."""
    name, _ = read(engine, "ListActionExecutions", request)
    with engine.parts.ledger.changed:
        executions, latest = _wanted(engine, name, request)
        found = [
            (record.started, _action_detail(engine, execution, stage, record))
            for execution in executions
            for stage in execution.stages
            for record in ({one.name: one for one in stage.actions}.values() if latest else stage.actions)
        ]
    return _answer("actionExecutionDetails", found, request)


def list_rule_executions(engine: Engine, _caller: Caller, request: Json) -> Json:
    """List the evaluations of rules, newest first: of the pipeline, or of one execution."""
    name, _ = read(engine, "ListRuleExecutions", request)
    with engine.parts.ledger.changed:
        executions, latest = _wanted(engine, name, request)
        found = [
            (rule.started, _rule_detail(engine, execution, stage, kind, rule))
            for execution in executions
            for stage in execution.stages
            for kind, rule in _rules(stage, latest=latest)
        ]
    return _answer("ruleExecutionDetails", found, request)


def _answer(member: str, found: list[tuple[float, Json]], request: Json) -> Json:
    ordered = [detail for _, detail in sorted(found, key=lambda each: each[0], reverse=True)]
    return listed(member, ordered, request, "InvalidNextTokenException")


def _wanted(engine: Engine, pipeline: str, request: Json) -> tuple[list[ExecutionRecord], bool]:
    """Return the executions that the filter asks for, and whether only the latest attempts are wanted."""
    narrowed = request.get("filter") or {}
    within = narrowed.get("latestInPipelineExecution") or {}
    execution_id = narrowed.get("pipelineExecutionId") or within.get("pipelineExecutionId")
    if execution_id is None:
        return engine.parts.ledger.of(pipeline), False
    return [execution_of(engine, pipeline, execution_id)], within.get("startTimeRange") == LATEST


def _rules(stage: StageRecord, *, latest: bool) -> Iterator[tuple[str, RuleRecord]]:
    conditions = list({each.kind: each for each in stage.conditions}.values()) if latest else stage.conditions
    for condition in conditions:
        for rule in condition.rules:
            yield condition.kind, rule


def _action_detail(engine: Engine, execution: ExecutionRecord, stage: StageRecord, record: ActionRecord) -> Json:
    plan = read_plan(execution.structure)
    action = next(
        action
        for each in plan.stages
        for action in each.actions
        if each.name == stage.name and action.name == record.name
    )
    given = {"actionTypeId": asdict(action.type), **_input(engine, action, record, plan.role_arn, record.inputs)}
    output: Json = {
        "outputArtifacts": _artifacts(record.outputs),
        "executionResult": execution_result(record),
        "outputVariables": record.variables,
    }
    if record.log_stream_arn:
        output["executionResult"]["logStreamARN"] = record.log_stream_arn
    return {
        **_detail(execution, stage, record),
        "actionExecutionId": record.id,
        "actionName": record.name,
        "input": given | ({"namespace": action.namespace} if action.namespace else {}),
        "output": output,
    }


def _rule_detail(engine: Engine, execution: ExecutionRecord, stage: StageRecord, kind: str, record: RuleRecord) -> Json:
    plan = read_plan(execution.structure)
    rule = next(
        rule
        for each in plan.stages
        if each.name == stage.name
        for rule in each.conditions[kind].rules
        if rule.name == record.name
    )
    known = {name: execution.artifacts[name] for name in rule.inputs if name in execution.artifacts}
    return {
        **_detail(execution, stage, record),
        "ruleExecutionId": record.id,
        "ruleName": record.name,
        "input": {"ruleTypeId": asdict(rule.type), **_input(engine, rule, record, plan.role_arn, known)},
        "output": {"executionResult": execution_result(record)},
    }


def _input(engine: Engine, task: TaskPlan, record: TaskRecord, pipeline_role: str, inputs: dict[str, Location]) -> Json:
    return {
        "configuration": dict(task.configuration),
        "resolvedConfiguration": record.configuration,
        "roleArn": task.role_arn or pipeline_role,
        "region": task.region or engine.parts.region,
        "inputArtifacts": _artifacts(inputs),
    }


def _detail(execution: ExecutionRecord, stage: StageRecord, record: TaskRecord) -> Json:
    members: Json = {
        "pipelineExecutionId": execution.id,
        "pipelineVersion": execution.version,
        "stageName": stage.name,
        "startTime": record.started,
        "lastUpdateTime": record.updated,
        "status": record.status,
    }
    return members | ({"updatedBy": record.updated_by} if record.updated_by else {})


def execution_result(record: TaskRecord) -> Json:
    """Return what is known of the work outside; members without a value are left out, as the API does."""
    members = {
        "externalExecutionId": record.external_id,
        "externalExecutionSummary": record.summary,
        "externalExecutionUrl": record.external_url,
        "errorDetails": error_details(record),
    }
    return {name: value for name, value in members.items() if value}


def error_details(record: TaskRecord) -> Json:
    """Return the API's ErrorDetails; nothing where there is no error."""
    return {"code": record.error_code, "message": record.error_message} if record.error_code else {}


def _artifacts(locations: dict[str, Location]) -> list[Json]:
    return [
        {"name": name, "s3location": {"bucket": location.bucket, "key": location.key}}
        for name, location in locations.items()
    ]
