"""Exports of MiniStack's stacks: one that another stack imports stays as it is, and each name belongs to one stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from http import HTTPStatus
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import Answer

_Outputs = tuple[list[dict[str, str]], dict[str, dict[str, str]]]


def hold_exports() -> None:
    """Have an operation fail that takes away or changes an export in use, or takes another stack's; forget old ones."""
    resolve = lifecycle._resolve_stack_outputs

    def resolved(
        outputs: Any,  # noqa: ANN401 - any JSON value, from here on
        conditions: Any,  # noqa: ANN401
        resources: Any,  # noqa: ANN401
        parameters: Any,  # noqa: ANN401
        mappings: Any,  # noqa: ANN401
        stack_name: str,
        stack_id: str,
    ) -> _Outputs:
        made: _Outputs = resolve(outputs, conditions, resources, parameters, mappings, stack_name, stack_id)
        _exchange(stack_name, stack_id, made[1])
        return made

    lifecycle._resolve_stack_outputs = resolved
    _give_deletions_up()


def _give_deletions_up() -> None:
    """Have the deletion of a stack with an export in use be given up in an event, after the request was accepted."""
    delete = handlers._ACTION_HANDLERS["DeleteStack"]

    def delete_stack(request: dict[str, list[str]]) -> Answer:
        stack = handlers._resolve_stack(handlers._p(request, "StackName"))
        reason = _reason_to_stay(stack) if stack else ""
        if stack is None or not reason or stack.get("EnableTerminationProtection"):
            answer: Answer = delete(request)
            return answer
        name, stack_id = stack["StackName"], stack["StackId"]
        stack["StackStatusReason"] = reason
        lifecycle._add_event(stack_id, name, name, "AWS::CloudFormation::Stack", stack["StackStatus"], reason, stack_id)
        done: Answer = handlers._xml(HTTPStatus.OK, "DeleteStackResponse", "")
        return done

    handlers._ACTION_HANDLERS["DeleteStack"] = delete_stack


def _reason_to_stay(stack: dict[str, Any]) -> str:
    """Say in CloudFormation's words which export of the stack is in use; empty where none is."""
    for name, export in cloudformation._exports.items():
        importers = _importers(name, stack["StackName"]) if export["StackId"] == stack["StackId"] else []
        if importers:
            return f"Delete canceled. Cannot delete export {name} as it is in use by {' and '.join(importers)}."
    return ""


def _exchange(stack_name: str, stack_id: str, wanted: dict[str, dict[str, str]]) -> None:
    """Refuse what may not be; forget the exports that go. Nothing fails in an operation after its outputs."""
    exports = cloudformation._exports
    for name in wanted:
        if name in exports and exports[name]["StackId"] != stack_id:
            owner = exports[name]["StackId"].split("/")[1]
            raise ValueError(f"Export with name {name} is already exported by stack {owner}.")
    own = {name: export["Value"] for name, export in exports.items() if export["StackId"] == stack_id}
    gone = [name for name in own if name not in wanted]
    altered = [name for name, value in own.items() if name in wanted and wanted[name]["Value"] != value]
    for names, word in ((gone, "deleted"), (altered, "updated")):
        for name in names:
            importers = _importers(name, stack_name)
            if importers:
                raise ValueError(f"Export {name} cannot be {word} as it is in use by {' and '.join(importers)}")
    for name in gone:
        exports.pop(name)


def _importers(export: str, exporter: str) -> list[str]:
    return sorted(
        name
        for name, stack in cloudformation._stacks.items()
        if name != exporter and stack.get("_resources") and export in handlers._imported_export_names(stack, name)
    )
