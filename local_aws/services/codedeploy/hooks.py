"""The hooks of an AppSpec: Lambda functions that are told of a lifecycle event, and answer when they have an opinion.

https://docs.aws.amazon.com/codedeploy/latest/userguide/tutorial-ecs-with-hooks.html
"""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from aws_facts import facts
from local_aws.ministack.ecs import code_deploy
from local_aws.platform.context import Credentials
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codedeploy.deployments import Deployment
from local_aws.services.ecs.rollouts.steps import SCALED, SHIFTED, TESTED

RUNNING, SUCCEEDED, FAILED = "InProgress", "Succeeded", "Failed"
BEFORE = "BeforeInstall"
STAGES = {
    SCALED: ("AfterInstall",),
    TESTED: ("AfterAllowTestTraffic", "BeforeAllowTraffic"),
    SHIFTED: ("AfterAllowTraffic",),
}
"""The lifecycle stages of ECS at which a deployment waits for its hooks, which run one after the other."""


def pauses(hooks: Json) -> list[Json]:
    """Return the pauses that a deployment with these hooks makes, as ECS's ``lifecycleHooks``."""
    minutes = int(facts("codedeploy")["minutes_for_hooks"])
    # Whether a hook is late is seen here: the pause itself is longer, and told by its action from a wait for a person.
    timeout = {"timeoutInMinutes": minutes * 10, "action": code_deploy.FOR_HOOKS}
    return [
        {"targetType": "PAUSE", "lifecycleStages": [stage], "timeoutConfiguration": timeout}
        for stage, events in STAGES.items()
        if any(event in hooks for event in events)
    ]


class Hooks:
    """Runs hooks; ``client`` gives a botocore client for a service and credentials."""

    def __init__(self, client: Callable[[str, Credentials], Any], minute: float) -> None:
        self._client, self._minute = client, minute

    def outcome(self, deployment: Deployment, event: str, take: Callable[[], Credentials]) -> str:
        """Return how the hook of an event stands; call it where it was not yet. ``take`` gives the service role."""
        if event not in (deployment.hooks or {}):
            return SUCCEEDED
        asked = deployment.asked.get(event)
        if asked is None:
            asked = deployment.asked[event] = self._ask(deployment, event, take)
        elif asked["status"] == RUNNING and time.time() - asked["since"] > self._longest:
            asked.update(status=FAILED, reason="it did not answer within an hour")
        return str(asked["status"])

    @property
    def _longest(self) -> float:
        return int(facts("codedeploy")["minutes_for_hooks"]) * self._minute

    def _ask(self, deployment: Deployment, event: str, take: Callable[[], Credentials]) -> Json:
        from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first hook runs

        asked: Json = {"id": str(uuid.uuid4()), "since": time.time(), "status": RUNNING, "reason": "it answered so"}
        told = {"DeploymentId": deployment.id, "LifecycleEventHookExecutionId": asked["id"]}
        function = (deployment.hooks or {})[event]
        try:
            self._client("lambda", take()).invoke(
                FunctionName=function, InvocationType="Event", Payload=json.dumps(told).encode()
            )
        except ClientError as error:
            return {**asked, "status": FAILED, "reason": error.response["Error"].get("Message", str(error))}
        return asked


def answer(deployment: Deployment, execution: object, status: object) -> None:
    """Take a hook's answer, or refuse it as PutLifecycleEventHookExecutionStatus does."""
    found = next((one for one in deployment.asked.values() if one["id"] == execution), None)
    if found is None:
        message = "The lifecycle event hook execution ID is not valid."
        raise ServiceError("InvalidLifecycleEventHookExecutionIdException", message)
    if status not in {SUCCEEDED, FAILED}:
        message = "The status of a hook must be Succeeded or Failed."
        raise ServiceError("InvalidLifecycleEventHookExecutionStatusException", message)
    if found["status"] != RUNNING:
        message = "The lifecycle event is completed already."
        raise ServiceError("LifecycleEventAlreadyCompletedException", message)
    found["status"] = status


def told(deployment: Deployment, event: str) -> str:
    """Return a sentence on a hook that failed."""
    function = (deployment.hooks or {}).get(event)
    return f"The hook {event}, which is the Lambda function {function}, failed: {deployment.asked[event]['reason']}."
