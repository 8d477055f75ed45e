"""GetPipelineExecution and ListPipelineExecutions."""

from local_aws.platform.members import listed
from local_aws.platform.service import Caller, Json
from local_aws.services.codepipeline.api.lookups import execution_of, read, stage_of
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import read_plan
from local_aws.services.codepipeline.store.records import SUCCEEDED, ExecutionRecord


def get_pipeline_execution(engine: Engine, _caller: Caller, request: Json) -> Json:
    """Report how an execution stands, what it takes from its sources and with which variables it runs."""
    name, _ = read(engine, "GetPipelineExecution", request)
    with engine.parts.ledger.changed:
        execution = execution_of(engine, name, request["pipelineExecutionId"])
        return {
            "pipelineExecution": {
                "pipelineName": name,
                "pipelineVersion": execution.version,
                **_common(execution),
                "artifactRevisions": _artifact_revisions(execution),
                "variables": [{"name": key, "resolvedValue": value} for key, value in execution.variables.items()],
            }
        }


def list_pipeline_executions(engine: Engine, _caller: Caller, request: Json) -> Json:
    """List a pipeline's executions, newest first."""
    name, plan = read(engine, "ListPipelineExecutions", request)
    wanted = ((request.get("filter") or {}).get("succeededInStage") or {}).get("stageName")
    if wanted:
        stage_of(plan, wanted)
    with engine.parts.ledger.changed:
        found = [
            execution
            for execution in reversed(engine.parts.ledger.of(name))
            if not wanted or any(each.name == wanted and each.status == SUCCEEDED for each in execution.stages)
        ]
        page = listed("pipelineExecutionSummaries", found, request, "InvalidNextTokenException")
        return {**page, "pipelineExecutionSummaries": [_summary(one) for one in page["pipelineExecutionSummaries"]]}


def _common(execution: ExecutionRecord) -> Json:
    members: Json = {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "trigger": {"triggerType": execution.trigger, "triggerDetail": execution.trigger_detail},
        "executionMode": execution.mode,
        "executionType": execution.type,
    }
    if execution.summary:
        members["statusSummary"] = execution.summary
    if execution.rollback_target:
        members["rollbackMetadata"] = {"rollbackTargetPipelineExecutionId": execution.rollback_target}
    return members


def _summary(execution: ExecutionRecord) -> Json:
    members = {
        **_common(execution),
        "startTime": execution.started,
        "lastUpdateTime": execution.updated,
        "sourceRevisions": [
            {"actionName": action, "revisionId": revision.id, "revisionSummary": revision.summary}
            | ({"revisionUrl": revision.url} if revision.url else {})
            for action, revision in execution.revisions.items()
        ],
    }
    if execution.stop_reason:
        members["stopTrigger"] = {"reason": execution.stop_reason}
    return members


def _artifact_revisions(execution: ExecutionRecord) -> list[Json]:
    outputs = {action.name: action.outputs for action in read_plan(execution.structure).stages[0].actions}
    return [
        {
            "name": artifact,
            "revisionId": revision.id,
            "revisionSummary": revision.summary,
            "created": revision.created,
        }
        | ({"revisionUrl": revision.url} if revision.url else {})
        for action, revision in execution.revisions.items()
        for artifact in outputs.get(action, ())
    ]
