"""Stack policies: an update fails at a resource that the policy does not allow to be changed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import Answer
from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, around_each_change

Statement = Mapping[str, Any]
_UPDATING = "UPDATE_IN_PROGRESS"
_POLICY, _FOR_NOW = "_stack_policy", "_stack_policy_during_update"


def hold_stack_policies() -> None:
    """Have updates ask the stack's policy, and requests that bring a policy set it."""
    outputs = lifecycle._resolve_stack_outputs

    def resolve(outputs_of: Any, conditions: Any, surviving: Any, *rest: Any) -> Any:  # noqa: ANN401 - any JSON value
        stack = cloudformation._stacks.get(rest[2])
        held = dict(stack.get("_resources", {})) if stack is not None else {}
        for name, record in held.items():
            if stack is not None and name not in surviving:
                _check(stack, name, record["ResourceType"], "Update:Delete")
        return outputs(outputs_of, conditions, surviving, *rest)

    around_each_change(_allowed)
    lifecycle._resolve_stack_outputs = resolve
    for action in ("CreateStack", "UpdateStack"):
        handlers._ACTION_HANDLERS[action] = _setting(handlers._ACTION_HANDLERS[action])


def _allowed(change: Change, make: Make) -> Made:
    stack = change.stack
    if change.is_update and stack is not None and change.logical_id:
        _check(stack, change.logical_id, change.resource_type, "Update:Replace" if change.replaces else "Update:Modify")
    return make()


def _setting(handle: Any) -> Any:  # noqa: ANN401 - MiniStack is untyped here
    """Have a request's own policies be those of its stack."""

    def handler(request: dict[str, list[str]]) -> Answer:
        bodies = {_POLICY: "StackPolicyBody", _FOR_NOW: "StackPolicyDuringUpdateBody"}
        given = {key: handlers._p(request, name) for key, name in bodies.items()}
        for text in filter(None, given.values()):
            if _statements(text) is None:
                refused: Answer = handlers._error(
                    "ValidationError", "Error validating stack policy: Invalid stack policy"
                )
                return refused
        answer: Answer = handle(request)
        stack = handlers._resolve_stack(handlers._p(request, "StackName"))
        if answer[0] == 200 and stack is not None:  # noqa: PLR2004 - HTTP's OK
            stack.pop(_FOR_NOW, None)
            stack.update({key: text for key, text in given.items() if text})
        return answer

    return handler


def _check(stack: Mapping[str, Any], logical_id: str, resource_type: str, action: str) -> None:
    """Raise ``ValueError`` where the policy does not allow the action; a roll-back is asked of nobody."""
    text = stack.get(_FOR_NOW) or stack.get(_POLICY)
    if not text or stack["StackStatus"] != _UPDATING:
        return
    allowed = False
    for number, statement in enumerate(_statements(text) or [], 1):
        if not _applies(statement, logical_id, resource_type, action):
            continue
        if statement.get("Effect") == "Deny":
            sentence = f"Action denied by stack policy: Statement [#{number}] does not allow [{action}]"
            raise ValueError(f"{sentence} for resource LogicalResourceId/{logical_id};")
        allowed = True
    if not allowed:
        raise ValueError(
            f"Action not allowed by stack policy: no statement allows [{action}] for resource "
            f"LogicalResourceId/{logical_id};"
        )


def _statements(text: str) -> Sequence[Statement] | None:
    """Read a policy's statements; ``None`` where it is no policy."""
    try:
        found = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError):
        return None
    listed = found if isinstance(found, list) else [found]
    return listed if all(isinstance(one, dict) for one in listed) else None


def _applies(statement: Statement, logical_id: str, resource_type: str, action: str) -> bool:
    resource = f"LogicalResourceId/{logical_id}"
    return (
        _named(statement, "Action", action)
        and _named(statement, "Resource", resource)
        and all(
            any(fnmatchcase(resource_type, pattern) for pattern in _listed(types.get("ResourceType", [])))
            for types in (statement.get("Condition") or {}).values()
        )
    )


def _named(statement: Statement, member: str, value: str) -> bool:
    """Return whether a member, or its negation, names the value."""
    if f"Not{member}" in statement:
        return not any(fnmatchcase(value, pattern) for pattern in _listed(statement[f"Not{member}"]))
    return any(fnmatchcase(value, pattern) for pattern in _listed(statement.get(member, [])))


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - a text or a list of them
    return [value] if isinstance(value, str) else list(value)
