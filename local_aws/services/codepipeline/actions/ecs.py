"""The Amazon ECS deploy action: a new revision of the service's task definition, and a rolling deployment of it.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.actions.image_definitions import DEFAULT_NAME, image_definitions
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult, Progress

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
