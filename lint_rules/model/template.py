"""The resources of a template, once for each way in which its conditions can turn out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cfnlint.template.template import Template

from lint_rules.model.node import Node

CONDITIONS_TRIED = 6
"""So many conditions are tried in every combination (64 at most); of more, the rest are taken to be true."""


@dataclass(frozen=True)
class Resource:
    """A resource that is made under the conditions in question."""

    logical_id: str
    type: str
    node: Node

    @property
    def properties(self) -> Node:
        """What the template says of it."""
        return self.node["Properties"]

    def __getitem__(self, name: str) -> Node:
        """Give a property; absent where it is not given."""
        return self.properties[name]


class View:
    """A template with its conditions decided as ``choices`` says."""

    def __init__(self, template: Mapping[str, Any], choices: Mapping[str, bool]) -> None:
        self._template = template
        self.choices = choices
        self.parameters: Mapping[str, Any] = _mapping(template.get("Parameters"))

    @cached_property
    def all_resources(self) -> Mapping[str, Resource]:
        """Every resource that is made, by logical id."""
        found = {}
        for logical_id, value in _mapping(self._template.get("Resources")).items():
            kind = _mapping(value).get("Type")
            wanted = _mapping(value).get("Condition")
            if isinstance(logical_id, str) and isinstance(kind, str) and self.choices.get(str(wanted), True):
                node = Node(value, ("Resources", logical_id), self.choices, self.parameters)
                found[logical_id] = Resource(logical_id, kind, node)
        return found

    @property
    def root(self) -> Node:
        """The whole template."""
        return Node(self._template, (), self.choices, self.parameters)

    def resources(self, *types: str) -> list[Resource]:
        """Give the resources of these types, in the template's order."""
        return [one for one in self.all_resources.values() if one.type in types]

    def referred(self, node: Node, *types: str, name: str = "") -> Resource | None:
        """Give the resource that ``node`` refers to, by logical id or by the value of its property ``name``."""
        found = self.all_resources.get(node.target or "")
        if found is None and name and node.pattern is not None:
            named = (one for one in self.resources(*types) if one[name].pattern == node.pattern)
            found = next(named, None)
        return found if found is not None and found.type in types else None


def views(cfn: Template, *types: str) -> Iterator[View]:
    """Give the template once for each outcome of the conditions that resources of ``types`` depend on."""
    template = _mapping(cfn.template)
    resources = _mapping(template.get("Resources")).values()
    concerned = [one for one in resources if _mapping(one).get("Type") in types]
    if concerned:
        names = sorted({name for one in concerned for name in _conditions(one)})
        for choices in _outcomes(cfn, names, _mapping(template.get("Conditions"))):
            yield View(template, choices)


def _outcomes(cfn: Template, names: list[str], known: Mapping[str, Any]) -> Iterator[Mapping[str, bool]]:
    tried = [name for name in names if name in known][:CONDITIONS_TRIED]
    others = dict.fromkeys(set(known) - set(tried), True)
    if not tried:
        yield others
        return
    for outcome in cfn.conditions.build_scenarios({name: {True, False} for name in tried}):
        yield {**others, **outcome}


def _conditions(value: object) -> Iterator[str]:
    """Give the names of the conditions that a resource depends on."""
    waiting: list[Any] = [value]
    if isinstance(value, Mapping) and isinstance(value.get("Condition"), str):
        yield value["Condition"]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Mapping):
            branches = inner.get("Fn::If")
            if isinstance(branches, list) and branches and isinstance(branches[0], str):
                yield branches[0]
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
