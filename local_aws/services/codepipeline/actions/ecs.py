"""The Amazon ECS deploy action: a new revision of the task definition, by the image definitions, and a roll-out.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#pipelines-create-image-definitions
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
"""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult, Progress
from local_aws.services.codepipeline.store.records import Location

DEFAULT_NAME = "imagedefinitions.json"
LARGEST = 100 * 1024
"""Bytes."""


def image_definitions(archive: BinaryIO, file_name: str, location: Location) -> dict[str, str]:
    """Return the image of each container that the file in the zip names; ``ActionError`` in CodePipeline's words."""
    content = _content(archive, file_name, location)
    try:
        found = json.loads(content)
    except ValueError as error:
        message = f"The image definition file {file_name} contains invalid JSON format: {error}"
        raise ActionError("ConfigurationError", message) from error
    if not isinstance(found, list) or not found:
        message = f'The image definition file {file_name} is not a list of {{"name": ..., "imageUri": ...}}'
        raise ActionError("ConfigurationError", message)
    images: dict[str, str] = {}
    for each in found:
        name, image = _entry(each, file_name)
        if name in images:
            message = f"The image definition file {file_name} names the container {name} twice"
            raise ActionError("ConfigurationError", message)
        images[name] = image
    return images


def _content(archive: BinaryIO, file_name: str, location: Location) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened:
            size = opened.getinfo(file_name).file_size
            if size > LARGEST:
                message = f"The image definition file {file_name} has {size} bytes; at most {LARGEST} are allowed"
                raise ActionError("ConfigurationError", message)
            return opened.read(file_name)
    except KeyError:
        raise ActionError(
            "ConfigurationError",
            f"Did not find the image definition file {file_name} in the input artifacts ZIP file. Verify the file is "
            f"stored in your pipeline's Amazon S3 artifact bucket: {location.bucket} key: {location.key}",
        ) from None
    except zipfile.BadZipFile as error:
        message = f"The input artifact is not a ZIP file: bucket {location.bucket} key {location.key}"
        raise ActionError("ConfigurationError", message) from error


def _entry(found: object, file_name: str) -> tuple[str, str]:
    members = found if isinstance(found, dict) else {}
    name, image = members.get("name"), members.get("imageUri")
    if not (isinstance(name, str) and name and isinstance(image, str) and image):
        message = (
            f'The image definition file {file_name} has an entry without "name" or "imageUri": {json.dumps(found)}'
        )
        raise ActionError("ConfigurationError", message)
    return name, image


LONGEST_MINUTES = 60
POLL_SECONDS = 0.25
TOLD_EVENTS = 3
"""How many of the service's latest events a failure repeats."""


class EcsDeploy:
    """Deploys to an ECS service with the rolling controller, by the API alone, as the action's role."""

    resumable = True

    def __init__(self, client: Callable[[str, Credentials], Any]) -> None:
        self._client = client

    def run(self, context: ActionContext) -> ActionResult:
        """Deploy and wait; an interrupted attempt whose deployment had begun goes on waiting for it."""
        deadline = min(context.deadline, context.clock.now() + 60 * _timeout_minutes(context.configuration))
        with _refusals():
            ecs = self._client("ecs", context.credentials())
            deployment = context.resumed or self._deploy(context, ecs)
            context.report(Progress(external_id=deployment, summary="Deployment in progress."))
            return self._wait(context, ecs, deployment, deadline)

    def _deploy(self, context: ActionContext, ecs: Any) -> str:  # noqa: ANN401  a botocore client has no class to name
        """Register the revision, update the service, and give the new deployment's id."""
        artifact = next(iter(context.inputs))
        file_name = context.configuration.get("FileName", DEFAULT_NAME)
        with context.read(artifact) as archive:
            images = image_definitions(archive, file_name, context.inputs[artifact])
        service = _service(ecs, context.configuration)
        described = ecs.describe_task_definition(taskDefinition=service["taskDefinition"], include=["TAGS"])
        definition = _with_images(described["taskDefinition"], images)
        accepted = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
        members = {name: value for name, value in definition.items() if name in accepted}
        if described.get("tags"):
            members["tags"] = described["tags"]
        revision = ecs.register_task_definition(**members)["taskDefinition"]["taskDefinitionArn"]
        updated = ecs.update_service(
            cluster=context.configuration["ClusterName"],
            service=context.configuration["ServiceName"],
            taskDefinition=revision,
        )["service"]
        primary = next(each for each in updated["deployments"] if each["status"] == "PRIMARY")
        return str(primary["id"])

    def _wait(self, context: ActionContext, ecs: Any, deployment: str, deadline: float) -> ActionResult:  # noqa: ANN401
        """Wait until the deployment is complete; one that the circuit breaker gave up fails at once."""
        while True:
            service = _service(ecs, context.configuration)
            state = _deployment_state(service, deployment)
            if state == "COMPLETED":
                revision = service["taskDefinition"].rpartition("/")[2]
                return ActionResult(f"Deployment completed: {revision}.", external_id=deployment)
            if state == "FAILED":
                raise ActionError("JobFailed", f"The Amazon ECS deployment {deployment} failed. {_events(service)}")
            if context.clock.now() >= deadline:
                minutes = _timeout_minutes(context.configuration)
                message = f"The Amazon ECS deployment did not complete within {minutes} minutes. {_events(service)}"
                raise ActionError("TimeoutError", message)
            if context.pause(POLL_SECONDS):
                return ActionResult()


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the ECS API refuses into the action's error."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first deployment begins

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in ("AccessDenied", "AccessDeniedException"):
            told = f"The provided role does not have sufficient permissions to access ECS: {message}"
            raise ActionError("PermissionError", told) from error
        raise ActionError("ConfigurationError", f"{error.operation_name}: {message} ({code})") from error


def _timeout_minutes(configuration: Mapping[str, str]) -> int:
    text = configuration.get("DeploymentTimeout", str(LONGEST_MINUTES))
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_MINUTES:
        message = f"DeploymentTimeout is {text!r}; allowed are 1 to {LONGEST_MINUTES} minutes."
        raise ActionError("ConfigurationError", message)
    return int(text)


def _service(ecs: Any, configuration: Mapping[str, str]) -> Mapping[str, Any]:  # noqa: ANN401
    cluster, name = configuration["ClusterName"], configuration["ServiceName"]
    found = ecs.describe_services(cluster=cluster, services=[name])["services"]
    active = [each for each in found if each.get("status") == "ACTIVE"]
    if not active:
        message = f"The AWS ECS service {name} does not exist in cluster {cluster}"
        raise ActionError("ConfigurationError", message)
    controller = active[0].get("deploymentController", {}).get("type", "ECS")
    if controller != "ECS":
        message = f"The AWS ECS service {name} has the deployment controller {controller}, and this action needs ECS"
        raise ActionError("ConfigurationError", message)
    service: Mapping[str, Any] = active[0]
    return service


def _with_images(definition: Mapping[str, Any], images: Mapping[str, str]) -> dict[str, Any]:
    """Return the task definition with the images replaced; each named container must be in it."""
    containers = [dict(each) for each in definition["containerDefinitions"]]
    for name, image in images.items():
        container = next((each for each in containers if each["name"] == name), None)
        if container is None:
            raise ActionError("ConfigurationError", f"The AWS ECS container {name} does not exist")
        container["image"] = image
    return {**definition, "containerDefinitions": containers}


def _deployment_state(service: Mapping[str, Any], deployment: str) -> str:
    """Give IN_PROGRESS, COMPLETED (the new tasks run, and they alone) or FAILED (given up, or replaced by another)."""
    found = next((each for each in service["deployments"] if each["id"] == deployment), None)
    if found is None or found["status"] != "PRIMARY" or found.get("rolloutState") == "FAILED":
        return "FAILED"
    running = found["runningCount"] >= found["desiredCount"]
    rolled_out = found.get("rolloutState", "COMPLETED") == "COMPLETED"
    alone = len(service["deployments"]) == 1
    return "COMPLETED" if running and rolled_out and alone else "IN_PROGRESS"


def _events(service: Mapping[str, Any]) -> str:
    told = " ".join(each["message"] for each in service.get("events", [])[:TOLD_EVENTS])
    return f"The service's latest events: {told}" if told else "The service reports no events."
