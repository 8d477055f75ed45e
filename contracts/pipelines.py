"""What each pipeline needs: of its artifact store, and action by action."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aws_facts.artifact_keys import folder_of_artifact, folder_of_pipeline
from contracts.needs import Need, Use
from contracts.occasions import needs
from contracts.reading import Reading
from system_model.conditions import UNKNOWN
from system_model.names import plain_name
from system_model.system import Resource, Stack, listed, mapping

PIPELINE = "AWS::CodePipeline::Pipeline"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_BUILDS = f"arn:${{AWS::Partition}}:codebuild:{_HERE}"


def uses(reading: Reading) -> Iterator[Use]:
    """Give how each pipeline, and each action with a role of its own, uses its role."""
    for pipeline in reading.system.resources(PIPELINE):
        arn = f"arn:${{AWS::Partition}}:codepipeline:{_HERE}:{plain_name(pipeline, reading.resolver)}"
        context = {"aws:SourceAccount": "${AWS::AccountId}", "aws:SourceArn": arn}
        role = pipeline.properties.get("RoleArn")
        wanted = [*needs("artifact store", pipeline, stored(pipeline, "", reading))]
        for action in actions(pipeline):
            if action.get("RoleArn") in (None, role):
                wanted += [*_handed(pipeline, action, reading), *_action(pipeline, action, reading)]
        yield Use(pipeline, role, "codepipeline.amazonaws.com", context, wanted)


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


def folder(pipeline: Resource, reading: Reading) -> str | None:
    """Return the folder of a pipeline's artifacts; None where the name is made up by AWS or by the deployment."""
    name = plain_name(pipeline, reading.resolver)
    return None if "${" in name else folder_of_pipeline(name)


def stored(pipeline: Resource, artifact: str, reading: Reading) -> Mapping[str, str]:
    """Return the ARNs of the artifact store: bucket, an object of ``artifact``, and key where it has one."""
    given = mapping(pipeline.properties.get("ArtifactStore"))
    name = reading.text(given.get("Location"), pipeline.stack)
    bucket = f"arn:${{AWS::Partition}}:s3:::{name}"
    key = reading.text(mapping(given.get("EncryptionKey")).get("Id"), pipeline.stack)
    own = plain_name(pipeline, reading.resolver) if folder(pipeline, reading) else None
    places = {"bucket": bucket, "object": f"{bucket}/{folder_of_artifact(own, artifact)}/OBJECT" if own else UNKNOWN}
    if key is None:
        return places
    here = f"arn:${{AWS::Partition}}:kms:{_HERE}:key"
    return {**places, "key": key if key.startswith("arn:") else f"{here}/{key}"}


def _handed(pipeline: Resource, action: Mapping[str, Any], reading: Reading) -> Iterator[Need]:
    """Return the needs for the artifacts of an action; what a build makes, its own role stores."""
    about = f"in action {action.get('Name')}, "
    for name in inputs(action):
        yield from needs("taken artifact", pipeline, stored(pipeline, name, reading), about)
    for name in [] if provider(action) == "CodeBuild" else outputs(action):
        yield from needs("made artifact", pipeline, stored(pipeline, name, reading), about)


def _action(pipeline: Resource, action: Mapping[str, Any], reading: Reading) -> Iterable[Need]:
    configuration = mapping(action.get("Configuration"))
    about = f"in action {action.get('Name')}, "

    def text(key: str) -> str | None:
        return reading.text(configuration.get(key), pipeline.stack)

    match provider(action):
        case "CodeStarSourceConnection":
            places = {"connection": text("ConnectionArn") or UNKNOWN}
            yield from needs("Source CodeStarSourceConnection", pipeline, places, about=about)
        case "CodeBuild":
            project = f"{_BUILDS}:project/{text('ProjectName')}"
            occasion = "CodeBuild batch" if text("BatchEnabled") == "true" else "CodeBuild"
            yield from needs(occasion, pipeline, {"project": project}, about=about)
        case "ECS":
            yield from _deployment(pipeline, text("ClusterName"), text("ServiceName"), reading, about)
        case "Manual":
            yield from _announcement(pipeline, text("NotificationArn"), reading, about)


def _deployment(
    pipeline: Resource, cluster: str | None, service: str | None, reading: Reading, about: str
) -> Iterator[Need]:
    here = f"arn:${{AWS::Partition}}:ecs:{_HERE}"
    definition = service_definition(service, reading)
    family = service if definition is None else reading.text(definition.properties.get("Family"), definition.stack)
    places = {
        "service": f"{here}:service/{cluster}/{service}",
        "revisions": f"{here}:task-definition/{family}:*",
    }
    yield from needs("Deploy ECS", pipeline, places, about=about)
    roles = ["TaskRoleArn", "ExecutionRoleArn"]
    passed = (
        [UNKNOWN]
        if definition is None
        else [reading.text(definition.properties.get(role), definition.stack) for role in roles]
    )
    for role in passed:
        if role is not None:
            yield from needs("pass role", pipeline, {"role": role}, about=about)


def service_definition(name: str | None, reading: Reading) -> Resource | None:
    """Give the task definition of the ECS service of this name, where the templates make both."""
    service = reading.remembered("services", lambda: _services(reading)).get(name)
    if service is None:
        return None
    reference = mapping(service.properties.get("TaskDefinition")).get("Ref")
    return service.stack.resources.get(str(reference))


def _services(reading: Reading) -> Mapping[str | None, Resource]:
    every = reading.system.resources("AWS::ECS::Service")
    return {reading.text(one.properties.get("ServiceName"), one.stack): one for one in every}


def repositories_released_to(definition: Resource, reading: Reading) -> list[str]:
    """Give the names of the repositories in the stacks of those pipelines that deploy a task definition's service."""
    return reading.remembered("released", lambda: _released(reading)).get(definition, [])


def _released(reading: Reading) -> Mapping[Resource | None, list[str]]:
    made: dict[Stack, list[str]] = {}
    for one in reading.system.resources("AWS::ECR::Repository"):
        made.setdefault(one.stack, []).append(str(reading.text({"Ref": one.logical_id}, one.stack)))
    return {
        service_definition(
            reading.text(mapping(action.get("Configuration")).get("ServiceName"), pipeline.stack), reading
        ): made.get(pipeline.stack, [])
        for pipeline in reading.system.resources(PIPELINE)
        for action in actions(pipeline)
        if provider(action) == "ECS"
    }


def _announcement(pipeline: Resource, topic: str | None, reading: Reading, about: str) -> Iterator[Need]:
    if topic is None:
        return
    yield from needs("announcement", pipeline, {"topic": topic}, about=about)
    made = reading.named("AWS::SNS::Topic", topic)
    key = None if made is None else reading.text(made.properties.get("KmsMasterKeyId"), made.stack)
    if made is not None and key is not None:
        named = reading.named("AWS::KMS::Key", key)
        arn = key if named is None else reading.text({"Fn::GetAtt": [named.logical_id, "Arn"]}, named.stack)
        yield from needs("announcement key", pipeline, {"key": arn or key}, about)
