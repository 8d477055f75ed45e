"""Lifecycle hooks within a deployment: Lambda functions, and pauses that a person ends.

What is known of a hook is on its deployment. A function that was at work at a kill is invoked again.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import new_uuid

from local_aws.ministack.ecs.rollouts.progress import configuration_of, deployment_arn, revision_arn, serving_besides
from local_aws.platform.functions import FunctionError
from local_aws.services.ecs.rollouts.steps import ALL, PAUSE, gets_test_traffic, hooks_at

Record = dict[str, Any]


def event_of(
    service: Mapping[str, Any], deployment: Mapping[str, Any], stage: str, share: float, details: Mapping[str, Any]
) -> Record:
    """Make the event of a hook at ``stage``; ``share`` is the new revision's of the production traffic, in percent."""
    serving = serving_besides(service, deployment)

    def weights(own: float) -> Record:
        before = {revision_arn(service, serving["id"]): ALL - own} if serving else {}
        return {**before, revision_arn(service, deployment["id"]): own}

    return {
        "executionId": new_uuid(),
        "lifecycleStage": stage,
        "resourceArn": deployment_arn(service, deployment["id"]),
        "executionDetails": {
            "serviceArn": service["serviceArn"],
            "targetServiceRevisionArn": revision_arn(service, deployment["id"]),
            "testTrafficWeights": weights(ALL if gets_test_traffic(stage) else 0.0),
            "productionTrafficWeights": weights(share),
        },
        "hookDetails": dict(details),
    }


HOOKS = "_hooks"
"""On a deployment: what is known of each hook that began, with the API's members and ours, which begin with _."""
AWAITING, AT_WORK, SUCCEEDED, FAILED, TIMED_OUT = "AWAITING_ACTION", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT"
_LONGEST_PAUSE, _LONGEST_FUNCTION = 14 * 24 * 60, 24 * 60
"""Minutes without a time limit of its own: of a pause, and of a function, which may take as long as its stage."""
_SECONDS_TO_NEXT_CALL = 30.0
_LONGEST_ANSWER = 200
Answer = Callable[[Mapping[str, Any], str, str, Mapping[str, Any]], object]
"""Gives what a function answers, for the service, the hook's role, the function's ARN and the event."""


@dataclass(frozen=True)
class Hooks:
    """Runs hooks. A minute of a time limit, or until a function is asked again, lasts ``minute`` seconds."""

    minute: float
    answer: Answer
    _answers: dict[str, list[object]] = field(default_factory=dict)
    """What came of the functions that were invoked, by the hook's id; nothing yet of one that is at work."""

    def begin(self, service: Mapping[str, Any], deployment: Record, stage: str, share: float) -> None:
        """Begin the hooks of a stage; ``share`` is the deployment's of the production traffic, in percent."""
        begun = []
        for hook in hooks_at(configuration_of(service), stage):
            is_pause = hook.get("targetType") == PAUSE
            limit = hook.get("timeoutConfiguration") or {}
            minutes = float(limit.get("timeoutInMinutes") or (_LONGEST_PAUSE if is_pause else _LONGEST_FUNCTION))
            record = {
                "hookId": new_uuid(),
                "targetType": hook.get("targetType") or "AWS_LAMBDA",
                "status": AWAITING if is_pause else AT_WORK,
                "expiresAt": time.time() + minutes * self.minute,
                "timeoutAction": limit.get("action") or "ROLLBACK",
                "_stage": stage,
            }
            if not is_pause:
                record["targetArn"] = str(hook.get("hookTargetArn"))
                record["_role"], record["_next"] = str(hook.get("roleArn")), 0.0
                record["_event"] = event_of(service, deployment, stage, share, hook.get("hookDetails") or {})
            begun.append(record)
        deployment[HOOKS] = [*deployment.get(HOOKS, ()), *begun]

    def outcome(self, service: Mapping[str, Any], deployment: Record) -> str | None:
        """Go on with a deployment's hooks; give why it ends, empty where it goes on, None while a hook is not over."""
        hooks = deployment.get(HOOKS, ())
        for hook in hooks:
            if hook["status"] == AT_WORK:
                self._go_on(service, hook)
            if hook["status"] in {AWAITING, AT_WORK} and time.time() >= hook["expiresAt"]:
                hook["status"] = TIMED_OUT
        reasons = [reason for hook in hooks if (reason := _failure(hook))]
        if reasons:
            return reasons[0]
        return None if any(hook["status"] in {AWAITING, AT_WORK} for hook in hooks) else ""

    def _go_on(self, service: Mapping[str, Any], hook: Record) -> None:
        """Invoke a hook's function where it is time to, or take its answer."""
        identifier = hook["hookId"]
        if identifier in self._answers:
            if self._answers[identifier]:
                self._take(hook, self._answers.pop(identifier)[0])
        elif time.time() >= hook["_next"]:
            self._answers[identifier] = []
            # A function may take a quarter of an hour, for which nobody waits at the end of the local AWS.
            threading.Thread(target=self._invoke, args=(service, dict(hook)), daemon=True, name="hook").start()

    def _invoke(self, service: Mapping[str, Any], hook: Mapping[str, Any]) -> None:
        came = self._answers[hook["hookId"]]
        try:
            came.append(self.answer(service, hook["_role"], hook["targetArn"], hook["_event"]))
        except FunctionError as error:
            came.append(error)

    def _take(self, hook: Record, answer: object) -> None:
        """Hear what a function answers: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html."""
        given: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
        status, delay = given.get("hookStatus"), given.get("callBackDelay", _SECONDS_TO_NEXT_CALL)
        if isinstance(answer, FunctionError):
            hook["status"], hook["_reason"] = FAILED, str(answer)
        elif status == AT_WORK and isinstance(delay, int | float):
            hook["_next"] = time.time() + delay * self.minute / 60
            details = given.get("hookDetails")
            hook["_event"]["hookDetails"] |= details if isinstance(details, dict) else {}
        elif status == SUCCEEDED:
            hook["status"] = SUCCEEDED
        elif status == FAILED:
            hook["status"], hook["_reason"] = FAILED, "its function answered FAILED."
        else:
            told = f"its function answered {repr(answer)[:_LONGEST_ANSWER]}, in place of a hookStatus"
            hook["status"], hook["_reason"] = FAILED, f"{told} SUCCEEDED, FAILED or IN_PROGRESS."


def shown(deployment: Mapping[str, Any] | None) -> list[Record]:
    """Return a deployment's hooks as the API shows them."""
    hooks = (deployment or {}).get(HOOKS, ())
    return [{name: value for name, value in hook.items() if not name.startswith("_")} for hook in hooks]


def begun(deployment: Mapping[str, Any], stage: str) -> bool:
    """Return whether the hooks of a stage have begun."""
    return any(hook["_stage"] == stage for hook in deployment.get(HOOKS, ()))


def answer_pause(deployment: Mapping[str, Any] | None, identifier: str, *, goes_on: bool) -> bool:
    """Give a person's answer to a pause; return whether there is one of this id that waits."""
    for hook in (deployment or {}).get(HOOKS, ()):
        if hook["hookId"] == identifier and hook["status"] == AWAITING:
            hook["status"] = SUCCEEDED if goes_on else FAILED
            return True
    return False


def _failure(hook: Mapping[str, Any]) -> str:
    """Return why a hook ends its deployment; empty where it does not."""
    if hook["status"] == FAILED:
        return f"a lifecycle hook at {hook['_stage']}: {hook.get('_reason', 'it was answered with ROLLBACK.')}"
    if hook["status"] == TIMED_OUT and hook["timeoutAction"] == "ROLLBACK":
        return f"a lifecycle hook at {hook['_stage']} that timed out."
    return ""
