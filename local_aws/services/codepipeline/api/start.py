"""StartPipelineExecution, and the same for what a push sets off."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from local_aws.platform.request_validation import check_request
from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codepipeline.api.lookups import definition_of
from local_aws.services.codepipeline.engine.dependencies import Definition
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import PipelinePlan, read_plan
from local_aws.services.codepipeline.engine.scheduling import CONCURRENT_LIMITS
from local_aws.services.codepipeline.store.records import ExecutionRecord, SourceOverride, StageRecord

BY_REQUEST = "StartPipelineExecution"
COMMIT = "COMMIT_ID"
LONGEST_DETAIL = 1024


@dataclass(frozen=True)
class Start:
    """Why and with what an execution begins. ``trigger``: the API's TriggerType; ``overrides``: by source action."""

    trigger: str
    detail: str
    variables: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, SourceOverride] = field(default_factory=dict)
    token: str = ""


def start_pipeline_execution(engine: Engine, caller: Caller, request: Json) -> Json:
    """Start an execution; the same client request token gives the same execution again."""
    check_request("codepipeline", "StartPipelineExecution", request)
    definition = definition_of(engine, request["name"])
    token = request.get("clientRequestToken") or ""
    overrides = {
        each["actionName"]: SourceOverride(each["revisionType"], each["revisionValue"])
        for each in request.get("sourceRevisions") or []
    }
    given = {each["name"]: each["value"] for each in request.get("variables") or []}
    started = start(engine, definition, Start(BY_REQUEST, caller.arn, given, overrides, token))
    return {"pipelineExecutionId": started.id}


def start(engine: Engine, definition: Definition, wanted: Start) -> ExecutionRecord:
    """Start an execution, or raise ``ServiceError`` where it can't be; a token seen before starts nothing new."""
    plan = read_plan(definition.structure)
    with engine.parts.ledger.changed:
        for execution in engine.parts.ledger.of(plan.name):
            if wanted.token and execution.client_token == wanted.token:
                return execution
        return _start(engine, definition, plan, wanted)


def _start(engine: Engine, definition: Definition, plan: PipelinePlan, wanted: Start) -> ExecutionRecord:
    _check_overrides(plan, wanted.overrides)
    variables = _variables(plan, wanted.variables)
    now = engine.parts.clock.now()
    execution = ExecutionRecord(
        id=str(uuid.uuid4()),
        pipeline=plan.name,
        version=plan.version,
        mode=plan.mode,
        structure=dict(definition.structure),
        started=now,
        updated=now,
        trigger=wanted.trigger,
        trigger_detail=wanted.detail[:LONGEST_DETAIL],
        client_token=wanted.token,
        variables=variables,
        overrides=dict(wanted.overrides),
        stages=[StageRecord(stage.name) for stage in plan.stages],
    )
    _check_room(engine, plan)
    engine.begin(execution)
    return execution


def _check_overrides(plan: PipelinePlan, overrides: Mapping[str, SourceOverride]) -> None:
    sources = {action.name for action in plan.stages[0].actions}
    for name, override in overrides.items():
        if name not in sources:
            message = f"Source revision overrides name {name}; the source actions are: {', '.join(sorted(sources))}"
            raise ServiceError("ValidationException", message)
        if override.type != COMMIT:
            message = f"Source action {name} takes a revision of type {COMMIT}, not {override.type}"
            raise ServiceError("ValidationException", message)


def _variables(plan: PipelinePlan, given: Mapping[str, str]) -> dict[str, str]:
    """Return every variable its value: the request's, else the default."""
    for name in given:
        if name not in plan.variables:
            declared = ", ".join(plan.variables) or "none"
            message = f"Variable '{name}' is not declared in pipeline '{plan.name}'; declared are: {declared}"
            raise ServiceError("ValidationException", message)
    values: dict[str, str] = {}
    for name, default in plan.variables.items():
        value = given.get(name, default)
        if value is None:
            message = f"Variable '{name}' of pipeline '{plan.name}' has no default value: give it one in the request"
            raise ServiceError("ValidationException", message)
        values[name] = value
    return values


def _check_room(engine: Engine, plan: PipelinePlan) -> None:
    limit = CONCURRENT_LIMITS.get(plan.mode)
    under_way = sum(1 for each in engine.parts.ledger.of(plan.name) if each.running)
    if limit is not None and under_way >= limit:
        raise ServiceError(
            "ConcurrentPipelineExecutionsLimitExceededException",
            f"Pipeline '{plan.name}' has {under_way} executions under way, the most that {plan.mode} mode allows",
        )
