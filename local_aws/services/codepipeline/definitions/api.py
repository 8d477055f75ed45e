"""The operations of CodePipeline on definitions.

https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Operations.html
"""

from collections.abc import Mapping, Sequence

from local_aws.platform.members import as_list, as_map, listed, without
from local_aws.platform.service import Caller, Json, Operation, Service, ServiceError
from local_aws.services.codepipeline.definitions.store import PipelineRecord, Pipelines
from local_aws.services.codepipeline.definitions.structure import check_structure

TARGET = "CodePipeline_20150709"

_NAMED_BY = ("pipelineName", "name")


def service(pipelines: Pipelines, more: Mapping[str, Operation]) -> Service:
    """Make the service from our operations and those in ``more``, which win."""
    return Service(
        name="codepipeline",
        target=TARGET,
        operations={**_operations(pipelines), **more},
        resources=lambda operation, request, caller: _resources(pipelines, operation, request, caller),
    )


def found(pipelines: Pipelines, name: object) -> PipelineRecord:
    """Return the pipeline of that ``name``, or refuse as AWS does."""
    record = pipelines.get(str(name))
    if record is None:
        message = f"Account '{_account(pipelines)}' does not have a pipeline with name '{name}'"
        raise ServiceError("PipelineNotFoundException", message)
    return record


def _account(pipelines: Pipelines) -> str:
    return pipelines.arn("").split(":")[4]


def _operations(pipelines: Pipelines) -> Mapping[str, Operation]:
    return {
        "CreatePipeline": lambda _caller, request: _create(pipelines, request),
        "UpdatePipeline": lambda _caller, request: _update(pipelines, request),
        "GetPipeline": lambda _caller, request: _get(pipelines, request),
        "DeletePipeline": lambda _caller, request: pipelines.delete(str(request.get("name"))),
        "ListPipelines": lambda _caller, request: _list(pipelines, request),
        "ListTagsForResource": lambda _caller, request: _list_tags(pipelines, request),
        "TagResource": lambda _caller, request: _tag(pipelines, request),
        "UntagResource": lambda _caller, request: _untag(pipelines, request),
    }


def _create(pipelines: Pipelines, request: Json) -> Json:
    structure = check_structure(request.get("pipeline"), pipelines.region)
    if pipelines.get(structure["name"]) is not None:
        message = f"A pipeline with the name '{structure['name']}' already exists in account '{_account(pipelines)}'"
        raise ServiceError("PipelineNameInUseException", message)
    pipelines.put(structure)
    tagged = pipelines.tag(structure["name"], as_map(request.get("tags")))
    return {"pipeline": tagged.structure, "tags": as_list(tagged.tags)}


def _update(pipelines: Pipelines, request: Json) -> Json:
    structure = check_structure(request.get("pipeline"), pipelines.region)
    found(pipelines, structure["name"])
    return {"pipeline": pipelines.put(structure).structure}


def _get(pipelines: Pipelines, request: Json) -> Json:
    record = found(pipelines, request.get("name"))
    version = int(request.get("version", record.version))
    structure = record.structures.get(version)
    if structure is None:
        message = f"The pipeline '{record.name}' does not have a version '{version}'"
        raise ServiceError("PipelineVersionNotFoundException", message)
    metadata = {"pipelineArn": record.arn, "created": record.created, "updated": record.updated}
    return {"pipeline": structure, "metadata": metadata}


def _list(pipelines: Pipelines, request: Json) -> Json:
    summaries = [
        {
            "name": record.name,
            "version": record.version,
            "pipelineType": record.structure["pipelineType"],
            "executionMode": record.structure["executionMode"],
            "created": record.created,
            "updated": record.updated,
        }
        for record in sorted(pipelines.all(), key=lambda record: record.name)
    ]
    return listed("pipelines", summaries, request, "InvalidNextTokenException", largest=1000)


def _by_arn(pipelines: Pipelines, request: Json) -> PipelineRecord:
    arn = str(request.get("resourceArn"))
    record = pipelines.get(arn.rpartition(":")[2])
    if record is None or record.arn != arn:
        raise ServiceError("ResourceNotFoundException", f"The resource with the ARN '{arn}' was not found.")
    return record


def _list_tags(pipelines: Pipelines, request: Json) -> Json:
    return listed("tags", as_list(_by_arn(pipelines, request).tags), request, "InvalidNextTokenException")


def _tag(pipelines: Pipelines, request: Json) -> None:
    record = _by_arn(pipelines, request)
    pipelines.tag(record.name, {**record.tags, **as_map(request.get("tags"))})


def _untag(pipelines: Pipelines, request: Json) -> None:
    record = _by_arn(pipelines, request)
    pipelines.tag(record.name, without(record.tags, request.get("tagKeys", [])))


def _resources(pipelines: Pipelines, operation: str, request: Json, caller: Caller) -> Sequence[str]:
    """Return the ARNs that the Service Authorization Reference names for an operation.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html
    """
    del caller
    if "resourceArn" in request:
        return [str(request["resourceArn"])]
    declared = request.get("pipeline")
    name = declared.get("name") if isinstance(declared, dict) else None
    name = name or next((request[key] for key in _NAMED_BY if isinstance(request.get(key), str)), None)
    if name is None or operation in {"ListPipelines", "ListActionTypes", "ListRuleTypes"}:
        return []
    parts = [str(request[key]) for key in ("stageName", "actionName") if request.get(key)]
    # Stage and action are resources of their own for the operations that name them; the pipeline stands for the rest.
    stage_bound = {"DisableStageTransition", "EnableStageTransition", "RetryStageExecution", "OverrideStageCondition"}
    action_bound = {"PutApprovalResult", "PutActionRevision"}
    if operation in stage_bound:
        return ["/".join([pipelines.arn(str(name)), *parts[:1]])]
    if operation in action_bound:
        return ["/".join([pipelines.arn(str(name)), *parts])]
    return [pipelines.arn(str(name))]
