"""Finds what a request names, or refuses with the API's error for it."""

from local_aws.platform.request_validation import check_request
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codepipeline.engine.dependencies import Definition
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import PipelinePlan, StagePlan, read_plan
from local_aws.services.codepipeline.store.records import ExecutionRecord


def definition_of(engine: Engine, name: str) -> Definition:
    """Return the pipeline of this name."""
    found = engine.parts.definitions(name)
    if found is None:
        account, region = engine.parts.account_id, engine.parts.region
        raise ServiceError(
            "PipelineNotFoundException",
            f"Account '{account}' does not have a pipeline with name '{name}' in region '{region}'",
        )
    return found


def execution_of(engine: Engine, pipeline: str, execution_id: str) -> ExecutionRecord:
    """Return an execution of this pipeline."""
    found = engine.parts.ledger.get(execution_id)
    if found is None or found.pipeline != pipeline:
        raise ServiceError(
            "PipelineExecutionNotFoundException",
            f"Pipeline '{pipeline}' does not have an execution with id '{execution_id}'",
        )
    return found


def stage_of(plan: PipelinePlan, name: str) -> StagePlan:
    """Return the stage of this name."""
    index = plan.stage_index(name)
    if index is None:
        known = ", ".join(stage.name for stage in plan.stages)
        raise ServiceError(
            "StageNotFoundException", f"Pipeline '{plan.name}' does not have a stage '{name}'. It has: {known}"
        )
    return plan.stages[index]


def read(engine: Engine, operation: str, request: Json, name_member: str = "pipelineName") -> tuple[str, PipelinePlan]:
    """Check a request against the API's shapes, and give the pipeline that it names with its present plan."""
    check_request("codepipeline", operation, request)
    name = request[name_member]
    return name, read_plan(definition_of(engine, name).structure)
