"""A stack's operation waits until the ECS services that it makes or changes are stable, or it fails.

A service is stable when its one deployment is complete and its desired count of tasks runs and is healthy:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ministack.core import responses
from ministack.services import ecs
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.handler_reasons import handler_reason
from local_aws.ministack.cloudformation.resource_changes import (
    Change,
    Made,
    Make,
    Operation,
    RollBack,
    Stack,
    around_each_change,
    around_each_roll_back,
)
from local_aws.ministack.ecs import service_deployments
from local_aws.ministack.ecs.tasks import is_ready
from local_aws.services.ecs.service_wait import Patience

_SERVICE = "AWS::ECS::Service"
_UNSTABLE = "_unstable"
_LONGEST_SILENCE = 1.0
"""Seconds until a service is looked at although nothing was heard of it."""

_closing = False


@dataclass(frozen=True)
class _Wait:
    """Waits for services; ``away`` gives the sentence for an engine that is not there, or nothing."""

    away: Callable[[], str]
    patience: Patience

    def until_stable(self, key: str, stack: Stack) -> None:
        """Return when the service is stable; raise ``ValueError`` with the reason that the stack's event gives."""
        began = time.monotonic()
        deployment = _primary(key)
        # A deployment that failed first: the one that it was rolled back to may be stable already.
        while not self._has_failed(key, deployment) and not _is_stable(key) and self._is_possible(key, stack):
            left = self.patience.seconds - (time.monotonic() - began)
            if left <= 0:
                late = handler_reason("Exceeded attempts to wait", "NotStabilized")
                raise ValueError(f"{late}. {self.patience.said} {_last_word(key)}".rstrip())
            with service_deployments.changed:
                service_deployments.changed.wait(min(left, _LONGEST_SILENCE))

    @staticmethod
    def _has_failed(key: str, deployment: str) -> bool:
        """Raise where the deployment, or one that took its place, was given up."""
        service = ecs._services.get(key) or {}
        failures = (service_deployments.failure_of(service, each) for each in (deployment, _primary(key)))
        if failure := next(filter(None, failures), ""):
            what = "Circuit Breaker was triggered" if "circuit breaker" in failure else f"was given up {failure[:-1]}"
            sentence = f"Error occurred during operation 'ECS Deployment {what}'."
            raise ValueError(handler_reason(sentence, "GeneralServiceException"))
        return False

    def _is_possible(self, key: str, stack: Stack) -> bool:
        """Raise where the service can't become stable; a roll-back ends even so where nothing can run anyway."""
        if _closing:
            # The operation is taken up by the next process, as after a kill.
            raise asyncio.CancelledError
        service = ecs._services.get(key)
        if service is None or service.get("status") != "ACTIVE":
            raise ValueError(handler_reason(f"The service {key} is gone", "NotFound"))
        if stack.pop("_cancel_requested", False):
            raise ValueError("Resource update cancelled")
        away = self.away()
        if away:
            if "ROLLBACK" in stack["StackStatus"]:
                return False
            wanted = f"The service {key} wants {service['desiredCount']} tasks, and none can run"
            raise ValueError(handler_reason(f"{wanted}: {away}", "NotStabilized"))
        return True


def wait_for_services(away: Callable[[], str], patience: Patience) -> None:
    """Have stacks wait for their services; call it after all else that corrects stacks."""
    waiting = _Wait(away, patience)
    _work_on_threads()

    def settled(change: Change, make: Make) -> Made:
        made = make()
        if change.resource_type == _SERVICE and (change.old is None or change.is_update):
            _settle(waiting, change, made)
        return made

    async def roll_back(stack: Stack, operation: Operation, roll_back: RollBack) -> None:
        unstable = [name for name, record in stack.get("_resources", {}).items() if record.pop(_UNSTABLE, False)]
        await roll_back({**operation, "created": [*operation.get("created", []), *unstable]})

    around_each_change(settled)
    around_each_roll_back(roll_back)


def wait_no_more() -> None:
    """Let nobody wait any longer: this process ends, and the next one takes up what was waited for."""
    global _closing  # noqa: PLW0603 - one process, one end
    _closing = True
    with service_deployments.changed:
        service_deployments.changed.notify_all()


def _work_on_threads() -> None:
    """Have services be made and changed beside the event loop, and one whose own update failed be sent back."""
    blocks, sends_back = lifecycle._runs_on_worker_thread, lifecycle._sends_back_failed_update
    lifecycle._runs_on_worker_thread = lambda kind: kind == _SERVICE or blocks(kind)
    lifecycle._sends_back_failed_update = lambda kind: kind == _SERVICE or sends_back(kind)


def _settle(waiting: _Wait, change: Change, made: Made) -> None:
    """Wait for a service; a new one that fails is the stack's all the same, so that its roll-back removes it."""
    stack = change.stack or {"StackStatus": ""}
    try:
        waiting.until_stable(made[0].partition(":service/")[2], stack)
    except ValueError as error:
        if made[0] != change.physical_id:
            stack.setdefault("_resources", {})[change.logical_id] = {
                "PhysicalResourceId": made[0],
                "ResourceType": _SERVICE,
                "ResourceStatus": "CREATE_FAILED",
                "ResourceStatusReason": str(error),
                "LogicalResourceId": change.logical_id,
                "Properties": change.new,
                "Attributes": made[1],
                "Timestamp": responses.now_iso(),
                _UNSTABLE: True,
            }
        raise


def _primary(key: str) -> str:
    deployment = ecs._primary_deployment(ecs._services.get(key) or {}) or {}
    return str(deployment.get("id", ""))


def _is_stable(key: str) -> bool:
    service = ecs._services.get(key) or {}
    deployments, desired = service.get("deployments", []), service.get("desiredCount", 0)
    if service.get("status") != "ACTIVE" or len(deployments) != 1 or deployments[0]["rolloutState"] != "COMPLETED":
        return False
    if deployments[0]["runningCount"] != desired:
        return False
    tasks = [task for task in ecs._tasks.values() if task.get("_deployment_id") == deployments[0]["id"]]
    return sum(is_ready(task) for task in tasks) >= int(desired)


def _last_word(key: str) -> str:
    events = (ecs._services.get(key) or {}).get("events") or [{}]
    return str(events[0].get("message", ""))
