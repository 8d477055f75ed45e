"""The task definitions of ECS services, and the repositories that pipelines release to them from."""

from collections.abc import Mapping

from contracts.pipelines import PIPELINE, actions, provider
from contracts.project_index import ProjectIndex
from system_model.system import Resource, Stack, mapping


def service_definition(name: str | None, index: ProjectIndex) -> Resource | None:
    """Return the task definition of the ECS service of this name, where the templates make both."""
    service = index.remembered("services", lambda: _services(index)).get(name)
    if service is None:
        return None
    reference = mapping(service.properties.get("TaskDefinition")).get("Ref")
    return service.stack.resources.get(str(reference))


def _services(index: ProjectIndex) -> Mapping[str | None, Resource]:
    found: dict[str | None, Resource] = {}
    for one in index.system.resources("AWS::ECS::Service"):
        named = index.text(one.properties.get("ServiceName"), one.stack)
        found[named or index.text({"Fn::GetAtt": [one.logical_id, "Name"]}, one.stack)] = one
    return found


def repositories_released_to(definition: Resource, index: ProjectIndex) -> list[str]:
    """Return the names of the repositories in the stacks of those pipelines that deploy a definition's service."""
    return index.remembered("released", lambda: _released(index)).get(definition, [])


def _released(index: ProjectIndex) -> Mapping[Resource | None, list[str]]:
    made: dict[Stack, list[str]] = {}
    for one in index.system.resources("AWS::ECR::Repository"):
        made.setdefault(one.stack, []).append(str(index.text({"Ref": one.logical_id}, one.stack)))
    return {
        service_definition(
            index.text(mapping(action.get("Configuration")).get("ServiceName"), pipeline.stack), index
        ): made.get(pipeline.stack, [])
        for pipeline in index.system.resources(PIPELINE)
        for action in actions(pipeline)
        if provider(action) == "ECS"
    }
