"""Pipelines as contracts read them: their actions, and the artifacts that these take and make."""

from collections.abc import Iterator, Mapping
from typing import Any

from aws_facts.codepipeline import folder_of_pipeline
from contracts.project_index import ProjectIndex
from system_model.names import plain_name
from system_model.system import Resource, listed, mapping

PIPELINE = "AWS::CodePipeline::Pipeline"


def actions(pipeline: Resource) -> Iterator[Mapping[str, Any]]:
    """Return every action."""
    for stage in listed(pipeline.properties.get("Stages")):
        yield from (mapping(action) for action in listed(mapping(stage).get("Actions")))


def provider(action: Mapping[str, Any]) -> str:
    """Return the provider of an action."""
    return str(mapping(action.get("ActionTypeId")).get("Provider"))


def inputs(action: Mapping[str, Any]) -> list[str]:
    """Return the names of an action's input artifacts."""
    return [str(mapping(one).get("Name")) for one in listed(action.get("InputArtifacts"))]


def outputs(action: Mapping[str, Any]) -> list[str]:
    """Return the names of an action's output artifacts."""
    return [str(mapping(one).get("Name")) for one in listed(action.get("OutputArtifacts"))]


def names_of_artifacts(pipeline: Resource) -> list[str]:
    """Return the name of every artifact that an action of the pipeline makes."""
    return list(dict.fromkeys(name for action in actions(pipeline) for name in outputs(action)))


def folder(pipeline: Resource, index: ProjectIndex) -> str | None:
    """Return the folder of a pipeline's artifacts; None where the name is made up by AWS or by the deployment."""
    name = plain_name(pipeline, index.resolver)
    return None if "${" in name else folder_of_pipeline(name)
