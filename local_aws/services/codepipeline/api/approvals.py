"""PutApprovalResult: the answer to a manual approval."""

from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codepipeline.api.lookups import read, stage_of
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import PipelinePlan
from local_aws.services.codepipeline.store.records import FAILED, IN_PROGRESS, SUCCEEDED, ActionRecord, ExecutionRecord

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
