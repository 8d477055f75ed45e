"""A template with its conditions decided, as plain values."""

from collections.abc import Mapping
from typing import Any

from lint_rules.model.node import NO_VALUE

UNDECIDED = "Fn::Undecided"
"""Stands for an ``Fn::If`` of which the outcome is not known; the name of its condition follows."""
_BRANCHES = 3


def decided(template: Mapping[str, Any], choices: Mapping[str, bool]) -> Mapping[str, Any]:
    """Return the template as it is where conditions turn out as ``choices`` says; others stay undecided."""
    resources = template.get("Resources")
    made = {
        name: _decided(resource, choices)
        for name, resource in (resources.items() if isinstance(resources, Mapping) else ())
        if not isinstance(resource, Mapping) or choices.get(str(resource.get("Condition")), True)
    }
    return {**template, "Resources": made}


def _decided(value: Any, choices: Mapping[str, bool]) -> Any:  # noqa: ANN401 - whatever a template holds
    value = _branch(value, choices)
    if isinstance(value, list):
        return [_decided(each, choices) for each in value if not _is_nothing(_branch(each, choices))]
    if isinstance(value, dict):
        return {key: _decided(each, choices) for key, each in value.items() if not _is_nothing(_branch(each, choices))}
    return value


def _branch(value: Any, choices: Mapping[str, bool]) -> Any:  # noqa: ANN401 - the same
    while isinstance(value, dict) and len(value) == 1 and "Fn::If" in value:
        branches = value["Fn::If"]
        if not (isinstance(branches, list) and len(branches) == _BRANCHES and isinstance(branches[0], str)):
            return value
        if branches[0] not in choices:
            return {UNDECIDED: branches[0]}
        value = branches[1 if choices[branches[0]] else 2]
    return value


def _is_nothing(value: object) -> bool:
    return isinstance(value, dict) and len(value) == 1 and value.get("Ref") == NO_VALUE
