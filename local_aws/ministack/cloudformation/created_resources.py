"""The resources that a stack's operation has made so far, noted before the stack itself records them.

An operation that is begun anew, after the process that began it died, takes them from here instead of making them
again. Of a nested stack that was half made, they are deleted: its parent makes it anew.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, Stack, around_each_change

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
    around_each_change(_noted)


def has_made(stack: Stack) -> bool:
    """Return whether an operation of the stack made anything that is still noted."""
    return bool(stack.get(_MADE))


def forget_made(stack: Stack) -> None:
    """Forget what was noted: an operation begins or has ended."""
    stack.pop(_MADE, None)


def _noted(change: Change, make: Make) -> Made:
    stack = change.stack
    if stack is None:
        return make()
    before = stack.get(_MADE, {}).get(change.logical_id)
    if before is not None:
        provisioners._NAME_SEED.set(before["_name_seed"])
        return before["PhysicalResourceId"], before["Attributes"]
    if _BLOCKS(change.resource_type):
        if change.resource_type == _NESTED:
            _settle_nested(f"{change.stack_name}-{change.logical_id}-", change.stack_name)
        made = make()
        _forget_in_nested(made[0])
        _note(stack, change, made)
        return made
    with fence():
        made = make()
        _note(stack, change, made)
    return made


def _note(stack: Stack, change: Change, made: Made) -> None:
    stack.setdefault(_MADE, {})[change.logical_id] = {
        "LogicalResourceId": change.logical_id,
        "PhysicalResourceId": made[0],
        "ResourceType": change.resource_type,
        "Properties": change.new,
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
