"""Every template of a folder, and the checkout that the pipelines release, as one system."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from system_model.repository import Repository

MANIFEST = "manifest.json"


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource of one stack."""

    stack: "Stack"
    logical_id: str
    type: str
    properties: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where it is in its template."""
        return f"Resources/{self.logical_id}"

    def __str__(self) -> str:
        """Name it as people do."""
        return f"{self.logical_id} ({self.stack.name})" if self.stack.name else self.logical_id


@dataclass(frozen=True, eq=False)
class Stack:
    """A template under the name of its stack; ``file`` is its path as findings tell it."""

    name: str
    file: str
    template: Mapping[str, Any]
    content: bytes = b""

    @cached_property
    def is_rendered(self) -> bool:
        """Whether the file is written as the project writes templates, so that lines can be counted."""
        return bool(self.content) and json.dumps(
            self.template, indent=2, ensure_ascii=False
        ).encode() == self.content.rstrip(b"\n")

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Every resource by logical id."""
        found = mapping(self.template.get("Resources"))
        return {
            logical_id: Resource(self, logical_id, str(value.get("Type")), mapping(value.get("Properties")))
            for logical_id, value in found.items()
            if isinstance(value, dict)
        }


@dataclass(frozen=True)
class System:
    """The stacks, and the ``repository`` that a source action would check out.

    ``secrets`` are names in Parameter Store whose values people are told to put. ``whole`` where every template is
    known: what none of them says is not there; of a template that stands alone it is unknown.
    """

    stacks: tuple[Stack, ...]
    repository: Repository
    secrets: frozenset[str] = frozenset()
    whole: bool = True

    def resources(self, *types: str) -> Iterator[Resource]:
        """Return every resource of these types."""
        for kind in types:
            yield from self._by_type.get(kind, ())

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = {}
        for stack in self.stacks:
            for one in stack.resources.values():
                found.setdefault(one.type, []).append(one)
        return found

    @cached_property
    def exports(self) -> Mapping[str, tuple[Stack, Any]]:
        """(stack, value) of every export whose name is written out."""
        found: dict[str, tuple[Stack, Any]] = {}
        for stack in self.stacks:
            for output in mapping(stack.template.get("Outputs")).values():
                name = mapping(mapping(output).get("Export")).get("Name")
                if isinstance(name, str):
                    found[name] = (stack, output.get("Value"))
        return found


def read(templates: Mapping[str, bytes], repository: Repository, folder: str) -> System:
    """Read the ``templates`` (file name to JSON, the manifest among them); ``folder`` goes before their names."""
    stacks, secrets = [], set()
    for name, content in templates.items():
        parsed = mapping(_parsed(content))
        if name == MANIFEST:
            secrets = {str(mapping(one).get("name")) for one in listed(parsed.get("secrets"))}
        else:
            stacks.append(Stack(name.removesuffix(".json"), f"{folder}{name}", parsed, content))
    return System(tuple(stacks), repository, frozenset(secrets))


def of_templates(templates: Mapping[str, Mapping[str, Any]], repository: Repository, *, whole: bool) -> System:
    """Make a system of parsed ``templates``, by the names of their stacks."""
    stacks = tuple(Stack(name, f"{name}.json", template) for name, template in templates.items())
    return System(stacks, repository, whole=whole)


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None  # the linters report it


def mapping(value: object) -> Mapping[str, Any]:
    """Return ``value`` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> Sequence[Any]:
    """Return ``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
