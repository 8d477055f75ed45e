"""The action CodeDeployToECS: registers the task definition with its images, and has CodeDeploy deploy it.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.actions.blue_green_files import images, text_of
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult, Progress

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
