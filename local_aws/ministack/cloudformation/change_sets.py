"""What a change set of MiniStack's shows: no resource that would never be made, and outputs as a change of their own.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import Answer

Template = dict[str, Any]
_CREATE, _REVIEWED = "CreateChangeSet", "REVIEW_IN_PROGRESS"
_NO_CHANGES = "The submitted information didn't contain changes"
# Taken before exports are held: weighing outputs must neither refuse nor forget any.
_ID = re.compile("<Id>([^<]+)</Id>")
_RESOLVE_OUTPUTS = lifecycle._resolve_stack_outputs


def correct_change_sets() -> None:
    """Leave out resources whose condition is false, and let outputs alone make a change set that can be executed."""
    resolve, create = changesets._resolve_props_for_diff, handlers._ACTION_HANDLERS[_CREATE]

    def resolved(template: Template, parameters: dict[str, Any], stack_name: str, stack_id: str) -> Template:
        whole: Template = resolve(template, parameters, stack_name, stack_id)
        if not whole:
            return whole
        conditions = engine._evaluate_conditions(template, parameters)
        return {"Resources": {name: each for name, each in whole["Resources"].items() if _is_made(each, conditions)}}

    def created(request: dict[str, list[str]]) -> Answer:
        answer = _in_its_place(request, create)
        found = _ID.search(answer[2].decode() if isinstance(answer[2], bytes) else answer[2])
        if found:
            _weigh_outputs(cloudformation._change_sets[found.group(1)])
        return answer

    changesets._resolve_props_for_diff = resolved
    handlers._ACTION_HANDLERS[_CREATE] = created


def _in_its_place(request: dict[str, list[str]], create: Callable[[dict[str, list[str]]], Answer]) -> Answer:
    """Make a change set; where a review left an empty stack, in that very stack, which a refusal leaves alone.

    MiniStack makes another stack of that name each time.
    """
    left = handlers._resolve_stack(handlers._p(request, "StackName"))
    if left is None or left["StackStatus"] != _REVIEWED:
        return create(request)
    answer = create(request)
    new = cloudformation._stacks.get(left["StackName"])
    if new is left:
        return answer
    cloudformation._stacks[left["StackName"]] = left
    if new is None:
        return answer
    cloudformation._stack_events.pop(new["StackId"], None)
    for change_set in cloudformation._change_sets.values():
        if change_set["StackId"] == new["StackId"]:
            change_set["StackId"] = left["StackId"]
    status, headers, body = answer
    text = body.decode() if isinstance(body, bytes) else body
    return status, headers, text.replace(new["StackId"], left["StackId"]).encode()


def _is_made(resource: Template, conditions: dict[str, bool]) -> bool:
    return bool(conditions.get(resource.get("Condition", ""), True))


def _weigh_outputs(change_set: dict[str, Any]) -> None:
    """Make a change set without changes executable where the stack's outputs would be others."""
    empty = change_set["Status"] == "FAILED" and change_set["StatusReason"].startswith(_NO_CHANGES)
    if not empty or change_set["ChangeSetType"] != "UPDATE":
        return
    stack = cloudformation._stacks[change_set["StackName"]]
    if _outputs(stack, stack) != _outputs(stack, change_set):
        change_set.update({"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "StatusReason": ""})


def _outputs(stack: dict[str, Any], of: dict[str, Any]) -> object:
    """Return the outputs that a template and its parameters make of the stack's resources."""
    template, parameters = of["_template"], of["_resolved_params"]
    declared = template.get("Outputs") or {}
    try:
        conditions = engine._evaluate_conditions(template, parameters)
        mappings = template.get("Mappings", {})
        names = stack["StackName"], stack["StackId"]
        outputs, _exports = _RESOLVE_OUTPUTS(declared, conditions, stack["_resources"], parameters, mappings, *names)
    except Exception:  # noqa: BLE001 - MiniStack raises what it likes; an output that fails does so when it is executed
        return declared
    else:
        return outputs
