"""What a stack is going through is written down with the stack, and taken up by the next process if this one dies.

MiniStack makes a resource and records it in its stack in one step of the event loop, in which nothing is written to
disk: a process that died left both or neither. Resources of nested stacks are made on threads; there, ``FENCE`` is held
meanwhile. So an operation that is taken up begins anew, without the resources that it had made.
"""

import inspect
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from ministack.core import responses
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.created_resources import forget_made, has_made, note_made_resources

OPERATION = "_operation"
"""The member of a stack's record: the name of what it goes through, its arguments, and whether a failure deletes it."""

Stack = dict[str, Any]
Work = Coroutine[Any, Any, None]

_RETURNED = "The local AWS had ended while this was in progress, and continues it now."
_LOST = "The local AWS ended while this was in progress, and can't continue it."
_FAILED = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "IMPORT_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
}
"""What a stack becomes that nobody works on."""

_LOGGER = logging.getLogger("local_aws")

_begin: dict[str, Callable[..., Work]] = {}
"""By name, what goes on with an operation: MiniStack's own functions, as they were corrected."""


def write_operations_down() -> None:
    """Have stacks remember what they go through; call it after all else that corrects stacks."""
    for name, modules in {
        "_deploy_stack_async": (lifecycle, handlers, changesets),
        "_delete_stack_async": (lifecycle, handlers),
        "_roll_back_operation": (lifecycle, handlers),
        "_continue_update_rollback_async": (handlers,),
        "_import_resources_async": (changesets,),
    }.items():
        _begin[name] = getattr(modules[-1], name)
        written_down = _written_down(name)
        for module in modules:
            setattr(module, name, written_down)
    for module in (handlers, changesets):
        module._create_then_delete_on_failure = _deleting_on_failure
    note_made_resources()


def take_operations_up() -> None:
    """Go on with what the stacks were going through; what can't be gone on with has failed. Call it on the loop."""
    for (account_id, region, name), stack in list(cloudformation._stacks._data.items()):
        with responses.request_scope(account_id, region):
            if OPERATION in stack:
                _take_up(name, stack)
            elif stack["StackStatus"] in _FAILED and not _is_worked_on(stack):
                _fail(stack, _LOST)


def _written_down(name: str) -> Callable[..., Work]:
    original = _begin[name]
    signature = inspect.signature(original)

    def begin(*arguments: Any, **more: Any) -> Work:  # noqa: ANN401 - MiniStack's own signatures
        given = signature.bind(*arguments, **more).arguments
        stack = given["stack"] if "stack" in given else cloudformation._stacks.get(given["stack_name"])
        if stack is None:
            return original(*arguments, **more)
        stack[OPERATION] = {
            "name": name,
            "arguments": {key: _plain(key, value) for key, value in given.items() if key != "stack"},
            "delete_on_failure": stack.get(OPERATION, {}).get("delete_on_failure", False),
        }
        forget_made(stack)
        return _until_it_ends(stack, original(*arguments, **more))

    return begin


def _plain(key: str, value: Any) -> Any:  # noqa: ANN401 - any argument of MiniStack's
    """Return what JSON can hold of an argument."""
    if key == "cs":
        return value["ChangeSetId"]
    return sorted(value) if isinstance(value, frozenset) else value


async def _until_it_ends(stack: Stack, work: Work) -> None:
    try:
        await work
    except Exception as error:
        _LOGGER.exception("The stack %s failed unexpectedly", stack["StackName"])
        _fail(stack, f"{type(error).__name__}: {error}. This is a fault of the local AWS.")
    # An end of the process in between leaves it, for the next one.
    stack.pop(OPERATION, None)
    forget_made(stack)


def _deleting_on_failure(stack_name: str, stack_id: str, work: Work) -> Work:
    cloudformation._stacks[stack_name][OPERATION]["delete_on_failure"] = True
    followed: Work = lifecycle._create_then_delete_on_failure(stack_name, stack_id, work)
    return followed


def _take_up(name: str, stack: Stack) -> None:
    operation = stack[OPERATION]
    arguments = dict(operation["arguments"])
    if "cs" in arguments:
        arguments = {**arguments, "cs": cloudformation._change_sets[arguments["cs"]]}
    original = _begin[operation["name"]]
    if "stack" in inspect.signature(original).parameters:
        arguments["stack"] = stack
    if has_made(stack):
        # What it made would be taken for another's of that name.
        stack["_disable_validation"] = True
    _LOGGER.info("The stack %s (%s) is taken up again", name, stack["StackStatus"])
    lifecycle._add_event(
        stack["StackId"], name, name, "AWS::CloudFormation::Stack", stack["StackStatus"], _RETURNED, stack["StackId"]
    )
    work = _until_it_ends(stack, original(**arguments))
    if operation["delete_on_failure"]:
        work = lifecycle._create_then_delete_on_failure(name, stack["StackId"], work)
    change_set = _executing(stack)
    if change_set is not None:
        work = changesets._track_change_set_execution(change_set, stack, work)
    lifecycle._create_stack_task_in_region(work, stack, stack["StackId"])


def _executing(stack: Stack) -> Mapping[str, Any] | None:
    """Return the change set that a stack is executing; None where it executes none."""
    found = (
        each
        for each in cloudformation._change_sets.values()
        if each.get("StackId") == stack["StackId"] and each.get("ExecutionStatus") == "EXECUTE_IN_PROGRESS"
    )
    return next(found, None)


def _is_worked_on(stack: Stack) -> bool:
    """Return whether a nested stack belongs to one that is taken up: that makes it anew, or goes on with it."""
    parent = cloudformation._stacks.get(stack.get("_parent_stack_name", ""))
    return parent is not None and (OPERATION in parent or _is_worked_on(parent))


def _fail(stack: Stack, reason: str) -> None:
    stack["StackStatus"] = _FAILED.get(stack["StackStatus"], stack["StackStatus"])
    stack["StackStatusReason"] = reason
    name, stack_id = stack["StackName"], stack["StackId"]
    lifecycle._add_event(stack_id, name, name, "AWS::CloudFormation::Stack", stack["StackStatus"], reason, stack_id)
