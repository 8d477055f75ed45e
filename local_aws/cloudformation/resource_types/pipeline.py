"""AWS::CodePipeline::Pipeline.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
"""

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType, live_properties
from local_aws.platform.members import as_list, as_map
from local_aws.platform.request_validation import in_api_spelling
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codepipeline.definitions.store import PipelineRecord, Pipelines
from local_aws.services.codepipeline.definitions.structure import check_structure

_READABLE = frozenset(
    {"ArtifactStore", "ExecutionMode", "Name", "PipelineType", "RoleArn", "Stages", "Tags", "Triggers", "Variables"}
)
_NOT_OF_THE_STRUCTURE = ("Tags", "DisableInboundStageTransitions", "RestartExecutionOnUpdate", "ArtifactStores")


def pipeline_type(pipelines: Pipelines) -> ResourceType:
    """Make the resource type for the pipelines of an account and region."""
    return ResourceType(
        name="AWS::CodePipeline::Pipeline",
        service="CodePipeline",
        create=lambda properties, name: _create(pipelines, properties, name),
        update=lambda physical_id, _old, new: _put(pipelines, _structure(new, physical_id, pipelines.region), new),
        delete=pipelines.delete,
        read=lambda physical_id, properties: _read(pipelines.get(physical_id), properties, pipelines.region),
        readable=_READABLE,
    )


def _create(pipelines: Pipelines, properties: Properties, name: str) -> Made:
    structure = _structure(properties, properties.get("Name", name), pipelines.region)
    if pipelines.get(structure["name"]) is not None:
        message = (
            f"Resource of type 'AWS::CodePipeline::Pipeline' with identifier '{structure['name']}' already exists."
        )
        raise ServiceError("PipelineNameInUseException", message)
    return _put(pipelines, structure, properties)


def _put(pipelines: Pipelines, structure: Json, properties: Properties) -> Made:
    before = pipelines.get(structure["name"])
    if before is None or {**before.structure, "version": 0} != {**structure, "version": 0}:
        pipelines.put(structure)
    record = pipelines.tag(structure["name"], as_map(properties.get("Tags")))
    return record.name, {"Version": str(record.version)}


def _structure(properties: Properties, name: str, region: str) -> Json:
    """Return the structure that CloudFormation hands to CreatePipeline."""
    declared = {key: value for key, value in properties.items() if key not in _NOT_OF_THE_STRUCTURE}
    structure: Json = in_api_spelling("codepipeline", "PipelineDeclaration", {**declared, "Name": name})
    stores = properties.get("ArtifactStores")
    if stores:
        structure["artifactStores"] = {
            store["Region"]: in_api_spelling("codepipeline", "ArtifactStore", store["ArtifactStore"])
            for store in stores
        }
    return check_structure(structure, region)


def _read(record: PipelineRecord | None, properties: Properties, region: str) -> Properties | None:
    if record is None:
        return None
    live = live_properties(properties, _structure(properties, record.name, region), record.structure)
    return {**live, "Tags": as_list(record.tags, capital=True)}
