"""What ECS needs to start the tasks of each task definition."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement, Usage
from contracts.permissions.secret_values import of_secret, parameter_arn
from contracts.permissions.service_definitions import repositories_released_to
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.names import REGISTRY
from system_model.system import Resource, listed, mapping
from system_model.wording import OPEN

TASK_DEFINITION = "AWS::ECS::TaskDefinition"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_CONTEXT = {
    "aws:SourceAccount": "${AWS::AccountId}",
    "aws:SourceArn": f"arn:${{AWS::Partition}}:ecs:{_HERE}:task/CLUSTER/TASK",
}


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how ECS uses the execution role, and how the code in the containers gets the task role."""
    for definition in index.system.resources(TASK_DEFINITION):
        starting, running = _starting(definition, index), _running(definition, index)
        for property_name, wanted in (("ExecutionRoleArn", starting), ("TaskRoleArn", running)):
            role = definition.properties.get(property_name)
            if role is not None:
                yield Usage(definition, role, "ecs-tasks.amazonaws.com", _CONTEXT, wanted)


def containers(definition: Resource) -> Iterator[Mapping[str, Any]]:
    """Return the container definitions."""
    yield from (mapping(one) for one in listed(definition.properties.get("ContainerDefinitions")))


def is_for_fargate(definition: Resource, index: ProjectIndex) -> bool:
    """Whether tasks run on Fargate alone; on hosts of EC2, the host's role pulls images and sends logs."""
    return index.texts(definition.properties.get("RequiresCompatibilities"), definition.stack) == ["FARGATE"]


def _starting(definition: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    for container in containers(definition):
        name = index.text(container.get("Name"), definition.stack)
        about = f"container {name}: "
        if index.system.whole or is_for_fargate(definition, index):
            yield from _image(definition, container, index, about)
            yield from _logs(definition, container, index, about)
        yield from _files(definition, container, index, about)
    for variable, value in secrets(definition, index):
        yield from _secret(definition, value, f"variable {variable}: ", index)


def _running(definition: Resource, index: ProjectIndex) -> Iterator[Requirement]:
    """Return what ECS itself does under the task role: it opens the channel of ECS Exec."""
    for service in index.system.resources("AWS::ECS::Service"):
        is_of_definition = mapping(service.properties.get("TaskDefinition")).get("Ref") == definition.logical_id
        if is_of_definition and index.text(service.properties.get("EnableExecuteCommand"), service.stack) == "true":
            yield from needs("exec", definition, {}, about=f"{service} has EnableExecuteCommand: ")


def secrets(definition: Resource, index: ProjectIndex) -> Iterator[tuple[str, str]]:
    """Give (variable, name or ARN) of each value that the containers are given at their start."""
    for container in containers(definition):
        options = listed(mapping(container.get("LogConfiguration")).get("SecretOptions"))
        for secret in (*listed(container.get("Secrets")), *options):
            value = index.text(mapping(secret).get("ValueFrom"), definition.stack)
            if value is not None:
                yield str(mapping(secret).get("Name")), value


def _image(
    definition: Resource, container: Mapping[str, Any], index: ProjectIndex, about: str
) -> Iterator[Requirement]:
    image = index.text(container.get("Image"), definition.stack) or ""
    repository, place = _repository_of(image, definition, index), _HERE
    if repository is None and ".dkr.ecr." in image:
        repository = image.partition("/")[2].partition("@")[0].rpartition(":")[0]
        place = _HERE if index.system.whole else f"{OPEN}:{OPEN}"
    if repository:
        arn = f"arn:${{AWS::Partition}}:ecr:{place}:repository/{repository}"
        yield from needs("task image", definition, {"repository": arn}, about=about)
    elif ".dkr.ecr." in (index.resolver.default(container.get("Image"), definition.stack) or ""):
        yield from needs("task image by default", definition, {"repository": UNKNOWN}, about=about)


def _repository_of(image: str, definition: Resource, index: ProjectIndex) -> str | None:
    """Return the name of the system's repository that an image lies in.

    An image that only the deployment names is one that a pipeline released: it lies where that pipeline's builds push.
    """
    plain = image.partition("@")[0].rpartition(":")[0].removeprefix(f"{REGISTRY}/")
    if index.named("AWS::ECR::Repository", plain) is not None and image.startswith(f"{REGISTRY}/"):
        return plain
    is_released = index.system.whole and image.startswith("${")
    released = repositories_released_to(definition, index) if is_released else []
    return next(iter(released), None)


def _logs(definition: Resource, container: Mapping[str, Any], index: ProjectIndex, about: str) -> Iterator[Requirement]:
    configured = mapping(container.get("LogConfiguration"))
    if index.text(configured.get("LogDriver"), definition.stack) != "awslogs":
        return
    options = mapping(configured.get("Options"))
    group = index.text(options.get("awslogs-group"), definition.stack)
    place = _HERE if index.system.whole else f"{OPEN}:${{AWS::AccountId}}"
    streams = f"arn:${{AWS::Partition}}:logs:{place}:log-group:{group}:log-stream:STREAM"
    yield from needs("logs", definition, {"streams": streams}, about=about)
    is_made = index.text(options.get("awslogs-create-group"), definition.stack) == "true"
    if is_made and index.named("AWS::Logs::LogGroup", group) is None:
        yield from needs("log group of a task", definition, {"streams": streams}, about=about)


def _files(
    definition: Resource, container: Mapping[str, Any], index: ProjectIndex, about: str
) -> Iterator[Requirement]:
    """Return the needs for files of variables in S3, and for the credentials of another registry."""
    for file in listed(container.get("EnvironmentFiles")):
        arn = index.text(mapping(file).get("Value"), definition.stack)
        if arn is not None and arn.startswith("arn:"):
            places = {"object": arn, "bucket": arn.partition("/")[0]}
            yield from needs("file of variables", definition, places, about=about)
    given = mapping(container.get("RepositoryCredentials")).get("CredentialsParameter")
    credentials = index.text(given, definition.stack)
    if credentials is not None:
        yield from of_secret(definition, credentials, f"{about}credentials of its registry: ", index)


def _secret(definition: Resource, value: str, about: str, index: ProjectIndex) -> Iterator[Requirement]:
    if ":secretsmanager:" in value:
        yield from of_secret(definition, value, about, index)
    elif not value.startswith("${") or index.system.whole:
        yield from needs("parameter", definition, {"parameter": parameter_arn(value)}, about=about)
