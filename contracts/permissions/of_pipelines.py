"""What each pipeline needs: of its artifact store, and action by action."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aws_facts.artifact_keys import folder_of_artifact, folder_of_pipeline
from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement, Usage
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.names import plain_name
from system_model.system import Resource, Stack, listed, mapping

PIPELINE = "AWS::CodePipeline::Pipeline"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_BUILDS = f"arn:${{AWS::Partition}}:codebuild:{_HERE}"


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Give how each pipeline, and each action with a role of its own, uses its role."""
    for pipeline in index.system.resources(PIPELINE):
        arn = f"arn:${{AWS::Partition}}:codepipeline:{_HERE}:{plain_name(pipeline, index.resolver)}"
        context = {"aws:SourceAccount": "${AWS::AccountId}", "aws:SourceArn": arn}
        role = pipeline.properties.get("RoleArn")
        wanted = [*needs("artifact store", pipeline, stored(pipeline, "", index))]
        for action in actions(pipeline):
            if action.get("RoleArn") in (None, role):
                wanted += [*_handed(pipeline, action, index), *_action(pipeline, action, index)]
        yield Usage(pipeline, role, "codepipeline.amazonaws.com", context, wanted)


def actions(pipeline: Resource) -> Iterator[Mapping[str, Any]]:
    """Give every action."""
    for stage in listed(pipeline.properties.get("Stages")):
        yield from (mapping(action) for action in listed(mapping(stage).get("Actions")))


def provider(action: Mapping[str, Any]) -> str:
    """Give the provider of an action."""
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


def stored(pipeline: Resource, artifact: str, index: ProjectIndex) -> Mapping[str, str]:
    """Return the ARNs of the artifact store: bucket, an object of ``artifact``, and key where it has one."""
    given = mapping(pipeline.properties.get("ArtifactStore"))
    name = index.text(given.get("Location"), pipeline.stack)
    bucket = f"arn:${{AWS::Partition}}:s3:::{name}"
    key = index.text(mapping(given.get("EncryptionKey")).get("Id"), pipeline.stack)
    own = plain_name(pipeline, index.resolver) if folder(pipeline, index) else None
    places = {"bucket": bucket, "object": f"{bucket}/{folder_of_artifact(own, artifact)}/OBJECT" if own else UNKNOWN}
    if key is None:
        return places
    here = f"arn:${{AWS::Partition}}:kms:{_HERE}:key"
    return {**places, "key": key if key.startswith("arn:") else f"{here}/{key}"}


def _handed(pipeline: Resource, action: Mapping[str, Any], index: ProjectIndex) -> Iterator[Requirement]:
    """Return the needs for the artifacts of an action; what a build makes, its own role stores."""
    about = f"in action {action.get('Name')}, "
    for name in inputs(action):
        yield from needs("taken artifact", pipeline, stored(pipeline, name, index), about)
    for name in [] if provider(action) == "CodeBuild" else outputs(action):
        yield from needs("made artifact", pipeline, stored(pipeline, name, index), about)


def _action(pipeline: Resource, action: Mapping[str, Any], index: ProjectIndex) -> Iterable[Requirement]:
    configuration = mapping(action.get("Configuration"))
    about = f"in action {action.get('Name')}, "

    def text(key: str) -> str | None:
        return index.text(configuration.get(key), pipeline.stack)

    match provider(action):
        case "CodeStarSourceConnection":
            places = {"connection": text("ConnectionArn") or UNKNOWN}
            yield from needs("Source CodeStarSourceConnection", pipeline, places, about=about)
        case "CodeBuild":
            project = f"{_BUILDS}:project/{text('ProjectName')}"
            occasion = "CodeBuild batch" if text("BatchEnabled") == "true" else "CodeBuild"
            yield from needs(occasion, pipeline, {"project": project}, about=about)
        case "ECS":
            yield from _deployment(pipeline, text("ClusterName"), text("ServiceName"), index, about)
        case "Manual":
            yield from _announcement(pipeline, text("NotificationArn"), index, about)


def _deployment(
    pipeline: Resource, cluster: str | None, service: str | None, index: ProjectIndex, about: str
) -> Iterator[Requirement]:
    here = f"arn:${{AWS::Partition}}:ecs:{_HERE}"
    definition = service_definition(service, index)
    family = service if definition is None else index.text(definition.properties.get("Family"), definition.stack)
    places = {
        "service": f"{here}:service/{cluster}/{service}",
        "revisions": f"{here}:task-definition/{family}:*",
    }
    yield from needs("Deploy ECS", pipeline, places, about=about)
    roles = ["TaskRoleArn", "ExecutionRoleArn"]
    passed = (
        [UNKNOWN]
        if definition is None
        else [index.text(definition.properties.get(role), definition.stack) for role in roles]
    )
    for role in passed:
        if role is not None:
            yield from needs("pass role", pipeline, {"role": role}, about=about)


def service_definition(name: str | None, index: ProjectIndex) -> Resource | None:
    """Give the task definition of the ECS service of this name, where the templates make both."""
    service = index.remembered("services", lambda: _services(index)).get(name)
    if service is None:
        return None
    reference = mapping(service.properties.get("TaskDefinition")).get("Ref")
    return service.stack.resources.get(str(reference))


def _services(index: ProjectIndex) -> Mapping[str | None, Resource]:
    every = index.system.resources("AWS::ECS::Service")
    return {index.text(one.properties.get("ServiceName"), one.stack): one for one in every}


def repositories_released_to(definition: Resource, index: ProjectIndex) -> list[str]:
    """Give the names of the repositories in the stacks of those pipelines that deploy a task definition's service."""
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


def _announcement(pipeline: Resource, topic: str | None, index: ProjectIndex, about: str) -> Iterator[Requirement]:
    if topic is None:
        return
    yield from needs("announcement", pipeline, {"topic": topic}, about=about)
    made = index.named("AWS::SNS::Topic", topic)
    key = None if made is None else index.text(made.properties.get("KmsMasterKeyId"), made.stack)
    if made is not None and key is not None:
        named = index.named("AWS::KMS::Key", key)
        arn = key if named is None else index.text({"Fn::GetAtt": [named.logical_id, "Arn"]}, named.stack)
        yield from needs("announcement key", pipeline, {"key": arn or key}, about)
