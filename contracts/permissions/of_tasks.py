"""What ECS needs to start the tasks of each task definition."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.permissions.implied import needs
from contracts.permissions.of_builds import parameter_arn
from contracts.permissions.of_pipelines import repositories_released_to
from contracts.permissions.required import Requirement, Usage
from contracts.project_index import ProjectIndex
from system_model.names import REGISTRY
from system_model.system import Resource, listed, mapping

TASK_DEFINITION = "AWS::ECS::TaskDefinition"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_CONTEXT = {
    "aws:SourceAccount": "${AWS::AccountId}",
    "aws:SourceArn": f"arn:${{AWS::Partition}}:ecs:{_HERE}:task/CLUSTER/TASK",
}


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Give how ECS uses the execution role, and how the code in the containers gets the task role."""
    for definition in index.system.resources(TASK_DEFINITION):
        for property_name, wanted in (("ExecutionRoleArn", _starting(definition, index)), ("TaskRoleArn", ())):
            role = definition.properties.get(property_name)
            if role is not None:
                yield Usage(definition, role, "ecs-tasks.amazonaws.com", _CONTEXT, wanted)


def containers(definition: Resource) -> Iterator[Mapping[str, Any]]:
    """Give the container definitions."""
    yield from (mapping(one) for one in listed(definition.properties.get("ContainerDefinitions")))


def _starting(definition: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    for container in containers(definition):
        name = index.text(container.get("Name"), definition.stack)
        about = f"container {name}: "
        yield from _image(definition, container, index, about)
        yield from _logs(definition, container, index, about)
    for variable, value in secrets(definition, index):
        yield from _secret(definition, value, f"variable {variable}: ")


def secrets(definition: Resource, index: ProjectIndex) -> Iterator[tuple[str, str]]:
    """Give (variable, name or ARN) of each value that the containers are given at their start."""
    for container in containers(definition):
        for secret in listed(container.get("Secrets")):
            value = index.text(mapping(secret).get("ValueFrom"), definition.stack)
            if value is not None:
                yield str(mapping(secret).get("Name")), value


def _image(
    definition: Resource, container: Mapping[str, Any], index: ProjectIndex, about: str
) -> Iterator[Requirement]:
    image = index.text(container.get("Image"), definition.stack) or ""
    repository = _repository_of(image, definition, index)
    if repository is None and ".dkr.ecr." in image:
        repository = image.partition("/")[2].partition("@")[0].rpartition(":")[0]
    if repository:
        arn = f"arn:${{AWS::Partition}}:ecr:{_HERE}:repository/{repository}"
        yield from needs("task image", definition, {"repository": arn}, about=about)


def _repository_of(image: str, definition: Resource, index: ProjectIndex) -> str | None:
    """Give the name of the system's repository that an image lies in.

    An image that only the deployment names is one that a pipeline released: it lies where that pipeline's builds push.
    """
    plain = image.partition("@")[0].rpartition(":")[0].removeprefix(f"{REGISTRY}/")
    if index.named("AWS::ECR::Repository", plain) is not None and image.startswith(f"{REGISTRY}/"):
        return plain
    released = repositories_released_to(definition, index) if image.startswith("${") else []
    return next(iter(released), None)


def _logs(definition: Resource, container: Mapping[str, Any], index: ProjectIndex, about: str) -> Iterator[Requirement]:
    configured = mapping(container.get("LogConfiguration"))
    if configured.get("LogDriver") != "awslogs":
        return
    group = index.text(mapping(configured.get("Options")).get("awslogs-group"), definition.stack)
    streams = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}:log-stream:STREAM"
    yield from needs("logs", definition, {"streams": streams}, about=about)


def _secret(definition: Resource, value: str, about: str) -> Iterator[Requirement]:
    if ":secretsmanager:" in value:
        yield from needs("secret", definition, {"secret": value}, about=about)
    else:
        yield from needs("parameter", definition, {"parameter": parameter_arn(value)}, about=about)
