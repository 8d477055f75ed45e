"""The resources of a template, once for each way in which its conditions can turn out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from cfnlint.template.template import Template

from lint_rules.model.node import Node

CONDITIONS_TRIED = 6
"""So many conditions are tried in every combination (64 at most); what depends on others is not known."""


@dataclass(frozen=True)
class Resource:
    """A resource that is made under the conditions in question."""

    logical_id: str
    type: str
    node: Node

    @cached_property
    def properties(self) -> Node:
        """What the template says of it."""
        return self.node["Properties"]

    def __getitem__(self, name: str) -> Node:
        """Return a property; absent where it is not given."""
        return self.properties[name]


class _Shared:
    """What all views of a template have in common: a resource whose conditions turn out alike is the same one."""

    def __init__(self, template: Mapping[str, Any], *, with_defaults: bool = True) -> None:
        asked = set(_asked(template.get("Conditions")))
        self.parameters: Mapping[str, Any] = {
            name: parameter if with_defaults and name not in asked else {}
            for name, parameter in mapping(template.get("Parameters")).items()
        }
        self._declared = {
            logical_id: (value, kind, tuple(dict.fromkeys(_conditions(value))))
            for logical_id, value in mapping(template.get("Resources")).items()
            if isinstance(logical_id, str) and isinstance(kind := mapping(value).get("Type"), str)
        }
        self._resources: dict[tuple[object, ...], Resource] = {}

    def resources(self, choices: Mapping[str, bool]) -> Iterator[Resource]:
        """Return every resource that is made where the conditions turn out as ``choices`` says."""
        for logical_id, (value, kind, conditions) in self._declared.items():
            if choices.get(str(value.get("Condition")), True):
                outcome = (logical_id, *map(choices.get, conditions))
                if outcome not in self._resources:
                    node = Node(value, ("Resources", logical_id), choices, self.parameters)
                    self._resources[outcome] = Resource(logical_id, kind, node)
                yield self._resources[outcome]


class View:
    """A template with its conditions decided as ``choices`` says; views of one template have ``shared`` in common."""

    def __init__(self, template: Mapping[str, Any], choices: Mapping[str, bool], shared: _Shared | None = None) -> None:
        self._template = template
        self._shared = shared or _Shared(template)
        self.choices = choices

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The template's parameters; of one that a condition asks after, which is decided here, nothing is known."""
        return self._shared.parameters

    def without_defaults(self) -> "View":
        """Return this view with nothing known of the template's parameters."""
        return View(self._template, self.choices, _Shared(self._template, with_defaults=False))

    @cached_property
    def all_resources(self) -> Mapping[str, Resource]:
        """Every resource that is made, by logical id."""
        return {one.logical_id: one for one in self._shared.resources(self.choices)}

    @property
    def root(self) -> Node:
        """The whole template."""
        return Node(self._template, (), self.choices, self.parameters)

    def resources(self, *types: str) -> list[Resource]:
        """Return the resources of these types, in the template's order."""
        return [one for one in self.all_resources.values() if one.type in types]

    def referred(self, node: Node, *types: str, name: str = "") -> Resource | None:
        """Return the resource that ``node`` refers to, by logical id or by the value of its property ``name``."""
        found = self.all_resources.get(node.target or "")
        if found is None and name and node.pattern is not None:
            named = (one for one in self.resources(*types) if one[name].pattern == node.pattern)
            found = next(named, None)
        return found if found is not None and found.type in types else None


Read = TypeVar("Read")


def once_a_view(read: Callable[[View], Read]) -> Callable[[View], Read]:
    """Keep what ``read`` gives for a view: many rules ask for the same."""
    kept: WeakKeyDictionary[View, Read] = WeakKeyDictionary()

    @wraps(read)
    def reading(template: View) -> Read:
        if template not in kept:
            kept[template] = read(template)
        return kept[template]

    return reading


def once_a_resource(read: Callable[[Resource], Read]) -> Callable[[Resource], Read]:
    """Keep what ``read`` gives for a resource, which many views of a template have in common."""
    kept: WeakKeyDictionary[Node, Read] = WeakKeyDictionary()

    @wraps(read)
    def reading(resource: Resource) -> Read:
        if resource.node not in kept:
            kept[resource.node] = read(resource)
        return kept[resource.node]

    return reading


_seen: WeakKeyDictionary[Template, dict[tuple[str, ...], Sequence[View]]] = WeakKeyDictionary()
_shared: WeakKeyDictionary[Template, _Shared] = WeakKeyDictionary()


def views(cfn: Template, *types: str) -> Sequence[View]:
    """Return the template once for each outcome of the conditions that resources of ``types`` depend on.

    They are made once a template: all rules about the same types look at the same views.
    """
    seen = _seen.setdefault(cfn, {})
    if types not in seen:
        seen[types] = list(_views(cfn, *types))
    return seen[types]


def _views(cfn: Template, *types: str) -> Iterator[View]:
    template = mapping(cfn.template)
    resources = mapping(template.get("Resources")).values()
    concerned = [one for one in resources if mapping(one).get("Type") in types]
    if concerned:
        names = sorted({name for one in concerned for name in _conditions(one)})
        if cfn not in _shared:
            _shared[cfn] = _Shared(template)
        for choices in _outcomes(cfn, names, mapping(template.get("Conditions"))):
            yield View(template, choices, _shared[cfn])


def _outcomes(cfn: Template, names: list[str], known: Mapping[str, Any]) -> Iterator[Mapping[str, bool]]:
    tried = [name for name in names if name in known][:CONDITIONS_TRIED]
    if tried:
        yield from cfn.conditions.build_scenarios({name: {True, False} for name in tried})
    else:
        yield {}


def _conditions(value: object) -> Iterator[str]:
    """Return the names of the conditions that a resource depends on."""
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


def _asked(conditions: object) -> Iterator[str]:
    """Return the names that conditions ask after."""
    waiting: list[Any] = [conditions]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Mapping):
            if isinstance(inner.get("Ref"), str):
                yield inner["Ref"]
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping as it is, and an empty one in place of anything else."""
    return value if isinstance(value, Mapping) else {}
