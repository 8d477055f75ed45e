"""Which stack made a role, and under which logical id."""

from typing import Any

from ministack.services import cloudformation, iam

_found: dict[tuple[str, str], tuple[str, str]] = {}
"""By a role's name and unique id: the stack's name and the logical id."""


def stack_of_role(account_id: str, role_name: str) -> tuple[str, str] | None:
    """Give (stack's name, logical id); None for a role that no stack made, and for one that is no more."""
    role = iam._roles.get_scoped(account_id, None, role_name)
    if role is None:
        return None
    key = (role_name, str(role.get("RoleId")))
    if key not in _found:
        places = [place for stack in list(cloudformation._stacks._data.values()) for place in _places(stack, role_name)]
        if not places:
            return None
        _found[key] = places[0]
    return _found[key]


def _places(stack: dict[str, Any], role_name: str) -> list[tuple[str, str]]:
    if stack["StackStatus"] == "DELETE_COMPLETE":
        return []
    return [
        (str(stack["StackName"]), logical_id)
        for logical_id, resource in list((stack.get("_resources") or {}).items())
        if resource.get("ResourceType") == "AWS::IAM::Role" and resource.get("PhysicalResourceId") == role_name
    ]
