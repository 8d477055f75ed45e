"""A stack's operation waits until the ECS services that it makes or changes are stable, or it fails.

A service is stable when its one deployment is complete and its desired count of tasks runs and is healthy:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core import responses
from ministack.services import cloudformation, ecs
from ministack.services.cloudformation import handlers, provisioners
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.handler_reasons import handler_reason
from local_aws.ministack.ecs import service_deployments
from local_aws.ministack.ecs.tasks import is_ready
from local_aws.services.ecs.service_wait import Patience

_SERVICE = "AWS::ECS::Service"
_UNSTABLE = "_unstable"
_LONGEST_SILENCE = 1.0
"""Seconds until a service is looked at although nothing was heard of it."""

Stack = dict[str, Any]
Made = tuple[str, dict[str, Any]]

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
        while not _is_stable(key) and self._is_possible(key, deployment, stack):
            left = self.patience.seconds - (time.monotonic() - began)
            if left <= 0:
                late = handler_reason("Exceeded attempts to wait", "NotStabilized")
                raise ValueError(f"{late}. {self.patience.said} {_last_word(key)}".rstrip())
            with service_deployments.changed:
                service_deployments.changed.wait(min(left, _LONGEST_SILENCE))

    def _is_possible(self, key: str, deployment: str, stack: Stack) -> bool:
        """Raise where the service can't become stable; a roll-back ends even so where nothing can run anyway."""
        if _closing:
            # The operation is taken up by the next process, as after a kill.
            raise asyncio.CancelledError
        service = ecs._services.get(key)
        if service is None or service.get("status") != "ACTIVE":
            raise ValueError(handler_reason(f"The service {key} is gone", "NotFound"))
        if stack.pop("_cancel_requested", False):
            raise ValueError("Resource update cancelled")
        if any(service_deployments.has_failed(service, each) for each in (deployment, _primary(key))):
            sentence = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
            raise ValueError(handler_reason(sentence, "GeneralServiceException"))
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
    provision, update, roll_back = (
        lifecycle._provision_resource,
        lifecycle._update_resource,
        lifecycle._roll_back_operation,
    )

    def provision_resource(resource_type: str, logical_id: str, properties: dict[str, Any], stack_name: str) -> Made:
        made: Made = provision(resource_type, logical_id, properties, stack_name)
        if resource_type == _SERVICE:
            _settle(waiting, stack_name, _record(logical_id, made, properties), is_new=True)
        return made

    def update_resource(
        resource_type: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Made:
        made: Made = update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)
        if resource_type == _SERVICE and old != new:
            _settle(waiting, stack_name, _record(logical_id or "", made, new), is_new=made[0] != physical_id)
        return made

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: Stack, operation: dict[str, Any], reason_override: str = ""
    ) -> None:
        unstable = [name for name, record in stack.get("_resources", {}).items() if record.pop(_UNSTABLE, False)]
        created = [*operation.get("created", []), *unstable]
        await roll_back(stack_name, stack_id, stack, {**operation, "created": created}, reason_override)

    for module in (lifecycle, provisioners):
        module._provision_resource = provision_resource
        module._update_resource = update_resource
    lifecycle._roll_back_operation = handlers._roll_back_operation = roll_back_operation


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


def _settle(waiting: _Wait, stack_name: str, record: dict[str, Any], *, is_new: bool) -> None:
    """Wait for a service; a new one that fails is the stack's all the same, so that its roll-back removes it."""
    stack = cloudformation._stacks.get(stack_name) or {"StackStatus": ""}
    try:
        waiting.until_stable(record["PhysicalResourceId"].partition(":service/")[2], stack)
    except ValueError as error:
        if is_new:
            failed = {**record, "ResourceStatusReason": str(error), _UNSTABLE: True}
            stack.setdefault("_resources", {})[record["LogicalResourceId"]] = failed
        raise


def _record(logical_id: str, made: Made, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "PhysicalResourceId": made[0],
        "ResourceType": _SERVICE,
        "ResourceStatus": "CREATE_FAILED",
        "LogicalResourceId": logical_id,
        "Properties": properties,
        "Attributes": made[1],
        "Timestamp": responses.now_iso(),
    }


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
