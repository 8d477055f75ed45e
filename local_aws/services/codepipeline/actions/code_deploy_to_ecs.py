"""The action CodeDeployToECS: registers the task definition with its images, and has CodeDeploy deploy it.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#file-reference-ecs-bluegreen
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aws_facts import facts
from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult, Progress

_LARGEST = 3 * 1024 * 1024
"""Bytes of an input artifact: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html."""
_MOST_IMAGES = 4


def text_of(context: ActionContext, template: str) -> str:
    """Return the text of ``TaskDefinitionTemplate`` or ``AppSpecTemplate``, from the artifact that is configured."""
    default = facts("appspec")["templates"][template]
    return _read(
        context, context.configuration[f"{template}Artifact"], context.configuration.get(f"{template}Path") or default
    )


def images(context: ActionContext) -> dict[str, str]:
    """Return the image that goes in the place of each placeholder, by the placeholder's name."""
    found: dict[str, str] = {}
    for number in range(1, _MOST_IMAGES + 1):
        artifact = context.configuration.get(f"Image{number}ArtifactName")
        name = context.configuration.get(f"Image{number}ContainerName")
        if artifact and name:
            found[name] = _image(_read(context, artifact, facts("appspec")["image_file"]))
    return found


def _image(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"{facts('appspec')['image_file']} is not valid JSON: {error}"
        raise ActionError("ConfigurationError", message) from error
    image = found.get("ImageURI") if isinstance(found, dict) else None
    if not isinstance(image, str) or not image:
        raise ActionError("ConfigurationError", f"{facts('appspec')['image_file']} has no ImageURI.")
    return image


def _read(context: ActionContext, artifact: str, path: str) -> str:
    if artifact not in context.inputs:
        names = ", ".join(context.inputs)
        raise ActionError("ConfigurationError", f"The artifact {artifact} is not one of the inputs: {names}.")
    place = context.inputs[artifact]
    with context.read(artifact) as archive:
        archive.seek(0, 2)
        size = archive.tell()
        archive.seek(0)
        if size > _LARGEST:
            message = f"The input artifact {artifact} has {size} bytes; at most {_LARGEST} are allowed."
            raise ActionError("ConfigurationError", message)
        try:
            with zipfile.ZipFile(archive) as opened:
                return opened.read(path).decode("utf-8")
        except (KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
            message = (
                f"Unable to read {path} from the artifact {artifact}, a ZIP file at bucket {place.bucket} key "
                f"{place.key}: {error}"
            )
            raise ActionError("ConfigurationError", message) from error


POLL_SECONDS = 0.25
_UNDER_WAY = frozenset({"Created", "Queued", "InProgress", "Ready", "Baking"})
_DENIALS = ("AccessDenied", "AccessDeniedException")


class CodeDeployToEcs:
    """Deploys by a deployment group, by the APIs alone, as the action's role."""

    resumable = True

    def __init__(self, client: Callable[[str, Credentials], Any]) -> None:
        self._client = client

    def run(self, context: ActionContext) -> ActionResult:
        """Deploy and wait; an interrupted attempt whose deployment had begun goes on waiting for it."""
        with _refusals():
            deployment = context.resumed or self._deploy(context)
            context.report(Progress(external_id=deployment, summary="Deployment in progress."))
            return self._wait(context, deployment)

    def _deploy(self, context: ActionContext) -> str:
        """Register the revision, begin the deployment, and give its id."""
        definition = self._register(context)
        name = context.configuration["ApplicationName"]
        content = text_of(context, "AppSpecTemplate").replace("<TASK_DEFINITION>", definition)
        given = {"content": content, "sha256": hashlib.sha256(content.encode()).hexdigest()}
        revision = {"revisionType": "AppSpecContent", "appSpecContent": given}
        deploy = self._client("codedeploy", context.credentials())
        deploy.get_application(applicationName=name)
        deploy.register_application_revision(applicationName=name, revision=revision)
        registered = deploy.get_application_revision(applicationName=name, revision=revision)
        answer = deploy.create_deployment(
            applicationName=name,
            deploymentGroupName=context.configuration["DeploymentGroupName"],
            revision=registered["revision"],
            description=f"Pipeline {context.pipeline}, execution {context.execution_id}",
        )
        return str(answer["deploymentId"])

    def _register(self, context: ActionContext) -> str:
        """Register the task definition of the artifact with the images of the others; give its ARN."""
        text = text_of(context, "TaskDefinitionTemplate")
        for name, image in images(context).items():
            if f"<{name}>" not in text:
                message = f"The task definition template has no placeholder <{name}> for the image {image}."
                raise ActionError("ConfigurationError", message)
            text = text.replace(f"<{name}>", image)
        try:
            found = json.loads(text)
        except ValueError as error:
            message = f"The task definition template is not valid JSON: {error}"
            raise ActionError("ConfigurationError", message) from error
        if not isinstance(found, dict):
            raise ActionError("ConfigurationError", "The task definition template is not a JSON object.")
        ecs = self._client("ecs", context.credentials())
        accepted = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
        members = {name: value for name, value in found.items() if name in accepted and value is not None}
        return str(ecs.register_task_definition(**members)["taskDefinition"]["taskDefinitionArn"])

    def _wait(self, context: ActionContext, deployment: str) -> ActionResult:
        """Wait until the deployment has ended."""
        deploy = self._client("codedeploy", context.credentials())
        info = deploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
        deploy.get_deployment_config(deploymentConfigName=info["deploymentConfigName"])
        while info["status"] in _UNDER_WAY:
            if context.pause(POLL_SECONDS):
                return ActionResult()
            deploy = self._client("codedeploy", context.credentials())
            info = deploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
        if info["status"] != "Succeeded":
            raise ActionError("JobFailed", _told(deployment, info))
        return ActionResult(f"Deployment {deployment} succeeded", external_id=deployment)


def _told(deployment: str, info: Mapping[str, Any]) -> str:
    error = info.get("errorInformation") or {}
    back = (info.get("rollbackInfo") or {}).get("rollbackDeploymentId")
    after = f" It is rolled back by deployment {back}." if back else ""
    word = str(info["status"]).lower()
    return f"Deployment {deployment} {word}: {error.get('message', '')} (Error code: {error.get('code', '')}){after}"


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the APIs refuse into the action's error."""
    from botocore.exceptions import ClientError, ParamValidationError  # noqa: PLC0415  loaded when one begins

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in _DENIALS:
            raise ActionError("PermissionError", f"{error.operation_name}: {message}") from error
        raise ActionError("ConfigurationError", f"{error.operation_name}: {message} ({code})") from error
    except ParamValidationError as error:
        message = " ".join(str(error).split())
        raise ActionError("ConfigurationError", f"The task definition template is wrong: {message}") from error
