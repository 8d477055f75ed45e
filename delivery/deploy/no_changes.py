"""Tells without a change set whether a stack is what its template and values say."""

from collections.abc import Mapping
from typing import Any

from delivery.model.manifest import Stack
from delivery.model.stacks import StackState
from delivery.model.templates import Template


def is_same(
    stack: Stack, template: Template, values: Mapping[str, str], standing: StackState, deployed: Mapping[str, Any]
) -> bool:
    """Compare template, parameters and tags.

    The image that a service runs is left out: what was released since is no change, but for the first one, with which
    the service gets its tasks. A value that CloudFormation hides can't be compared, so with one of them only a change
    set can tell.
    """
    released = {parameter.name for parameter in stack.parameters if parameter.running_image is not None}
    hidden = any(str(said.get("NoEcho", "")).lower() == "true" for said in template.parameters.values())
    if any(values.get(name) and not standing.parameters.get(name) for name in released):
        return False
    wanted = {name: value for name, value in values.items() if name not in released}
    present = {name: value for name, value in standing.parameters.items() if name not in released}
    return not hidden and deployed == template.document and present == wanted and standing.tags == dict(stack.tags)
