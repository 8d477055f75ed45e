"""The resources that a stack's operation has made so far, noted before the stack itself records them.

An operation that is begun anew, after the process that began it died, takes them from here instead of making them
again. Of a nested stack that was half made, they are deleted: its parent makes it anew.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners
from ministack.services.cloudformation import stacks as lifecycle

Stack = dict[str, Any]
Made = tuple[str, dict[str, Any]]
"""A resource's physical id, and its attributes."""

_MADE = "_made"
_NESTED = "AWS::CloudFormation::Stack"
_LONGEST_WAIT = 2.0
_BLOCKS = lifecycle._runs_on_worker_thread
"""Which types take long to be made; what else runs on threads is made at once, and waited for afterwards."""

_fence = threading.RLock()


@contextmanager
def fence() -> Iterator[None]:
    """Let no thread be between making a resource and noting it; it waits for one for seconds, and not for ever."""
    entered = _fence.acquire(timeout=_LONGEST_WAIT)
    try:
        yield
    finally:
        if entered:
            _fence.release()


def note_made_resources() -> None:
    """Have each resource noted that is made or changed, and taken from there where it was noted before."""
    provision, update = lifecycle._provision_resource, lifecycle._update_resource

    def provision_resource(resource_type: str, logical_id: str, properties: dict[str, Any], stack_name: str) -> Made:
        return _noted(
            (stack_name, logical_id, resource_type, properties),
            lambda: provision(resource_type, logical_id, properties, stack_name),
        )

    def update_resource(
        resource_type: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Made:
        return _noted(
            (stack_name, logical_id or "", resource_type, new),
            lambda: update(resource_type, physical_id, old, new, stack_name, logical_id, attributes),
        )

    for module in (lifecycle, provisioners):
        module._provision_resource = provision_resource
        module._update_resource = update_resource


def has_made(stack: Stack) -> bool:
    """Return whether an operation of the stack made anything that is still noted."""
    return bool(stack.get(_MADE))


def forget_made(stack: Stack) -> None:
    """Forget what was noted: an operation begins or has ended."""
    stack.pop(_MADE, None)


def _noted(resource: tuple[str, str, str, dict[str, Any]], make: Callable[[], Made]) -> Made:
    stack_name, logical_id, resource_type, properties = resource
    stack = cloudformation._stacks.get(stack_name)
    if stack is None:
        return make()
    before = stack.get(_MADE, {}).get(logical_id)
    if before is not None:
        provisioners._NAME_SEED.set(before["_name_seed"])
        return before["PhysicalResourceId"], before["Attributes"]
    if _BLOCKS(resource_type):
        if resource_type == _NESTED:
            _settle_nested(f"{stack_name}-{logical_id}-", stack_name)
        made = make()
        _forget_in_nested(made[0])
    else:
        with fence():
            made = make()
            _note(stack, logical_id, resource_type, properties, made)
        return made
    _note(stack, logical_id, resource_type, properties, made)
    return made


def _note(stack: Stack, logical_id: str, resource_type: str, properties: dict[str, Any], made: Made) -> None:
    stack.setdefault(_MADE, {})[logical_id] = {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": made[0],
        "ResourceType": resource_type,
        "Properties": properties,
        "Attributes": made[1],
        "_name_seed": provisioners._NAME_SEED.get(),
    }


def _settle_nested(prefix: str, stack_name: str) -> None:
    """Delete the nested stacks of a stack that are in the middle of being made; of one that is changed, go on."""
    for name, nested in list(cloudformation._stacks.items()):
        if nested.get("_parent_stack_name") != stack_name or not name.startswith(prefix):
            continue
        if nested["StackStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}:
            nested["_resources"] = {**nested.pop(_MADE, {}), **nested["_resources"]}
        if nested["StackStatus"] == "CREATE_IN_PROGRESS":
            _settle_nested("", name)
            provisioners._cfn_nested_stack_delete(nested["StackId"], {})


def _forget_in_nested(stack_id: str) -> None:
    nested = cloudformation._stacks.get(provisioners._nested_stack_lookup_name(stack_id))
    if nested is not None:
        forget_made(nested)
