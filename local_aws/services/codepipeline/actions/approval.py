"""The manual approval: asks, and waits for PutApprovalResult.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Approval.html
"""

import json
from collections.abc import Callable
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult


class ManualApproval:
    """Publishes to the topic, when one is configured, as the action's role; the answer comes from outside."""

    resumable = True

    def __init__(self, client: Callable[[str, Credentials], Any]) -> None:
        self._client = client

    def run(self, context: ActionContext) -> ActionResult:
        """Ask once, then wait until the attempt has ended: approved, rejected, timed out or abandoned."""
        topic = context.configuration.get("NotificationArn")
        if topic and context.resumed is None:
            self._notify(context, topic)
        context.cancelled.wait()
        return ActionResult()

    def _notify(self, context: ActionContext, topic: str) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when there is a topic

        details = {
            "pipelineName": context.pipeline,
            "stageName": context.stage,
            "actionName": context.name,
            "token": context.token,
            "expires": context.deadline,
            "externalEntityLink": context.configuration.get("ExternalEntityLink"),
            "customData": context.configuration.get("CustomData"),
        }
        message = {"region": topic.split(":")[3], "approval": details}
        try:
            self._client("sns", context.credentials()).publish(
                TopicArn=topic,
                Subject=f"APPROVAL NEEDED: AWS CodePipeline {context.pipeline} for action {context.name}"[:100],
                Message=json.dumps(message),
            )
        except ClientError as error:
            raise ActionError(
                "PermissionError",
                f"The approval could not be announced on {topic}: {error.response['Error']['Message']}",
            ) from error
