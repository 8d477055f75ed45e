"""The task definitions of ECS services, and the repositories that pipelines release to them from."""

from collections.abc import Mapping
from typing import Any

from contracts.project_index import PIPELINE, ProjectIndex, actions, provider
from system_model.system import Resource, Stack, listed, mapping

_OF_GROUP = ("ApplicationName", "DeploymentGroupName")


def service_definition(name: str | None, index: ProjectIndex) -> Resource | None:
    """Return the task definition of the ECS service of this name, where the templates make both."""
    service = index.remembered("services", lambda: _services(index)).get(name)
    if service is None:
        return None
    given = service.properties.get("TaskDefinition")
    if isinstance(given, str):
        # A family, as a service names it that CodeDeploy deploys.
        made = (one for one in index.system.resources("AWS::ECS::TaskDefinition") if one.stack is service.stack)
        return next((one for one in made if index.text(one.properties.get("Family"), one.stack) == given), None)
    return service.stack.resources.get(str(mapping(given).get("Ref")))


def deployed_service(action: Mapping[str, Any], pipeline: Resource, index: ProjectIndex) -> str | None:
    """Return the name of the ECS service that an action deploys, itself or by a deployment group of the templates."""
    given = mapping(action.get("Configuration"))
    told = {key: index.text(given.get(key), pipeline.stack) for key in ("ServiceName", *_OF_GROUP)}
    if provider(action) != "CodeDeployToECS":
        return told["ServiceName"]
    for group in index.system.resources("AWS::CodeDeploy::DeploymentGroup"):
        if all(index.text(group.properties.get(key), group.stack) == told[key] for key in _OF_GROUP):
            for one in listed(group.properties.get("ECSServices")):
                return index.text(mapping(one).get("ServiceName"), group.stack)
    return None


def _services(index: ProjectIndex) -> Mapping[str | None, Resource]:
    found: dict[str | None, Resource] = {}
    for one in index.system.resources("AWS::ECS::Service"):
        named = index.text(one.properties.get("ServiceName"), one.stack)
        referred = index.text({"Fn::GetAtt": [one.logical_id, "Name"]}, one.stack)
        found |= dict.fromkeys(filter(None, (named, referred)), one)
    return found


def repositories_released_to(definition: Resource, index: ProjectIndex) -> list[str]:
    """Return the names of the repositories in the stacks of those pipelines that deploy a definition's service."""
    return index.remembered("released", lambda: _released(index)).get(definition, [])


def _released(index: ProjectIndex) -> Mapping[Resource | None, list[str]]:
    made: dict[Stack, list[str]] = {}
    for one in index.system.resources("AWS::ECR::Repository"):
        made.setdefault(one.stack, []).append(str(index.text({"Ref": one.logical_id}, one.stack)))
    return {
        service_definition(deployed_service(action, pipeline, index), index): made.get(pipeline.stack, [])
        for pipeline in index.system.resources(PIPELINE)
        for action in actions(pipeline)
        if provider(action) in {"ECS", "CodeDeployToECS"}
    }
