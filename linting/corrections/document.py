"""A template as plain values, read once more to see what an engine's finding is about."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import yaml

from buildspecs.reading.document import is_shallow

MOST_NESTED = 100
"""Levels of a text that is read; libyaml's nodes are nested calls, which end the process."""
DEEPEST = 20
"""Levels below a value that are searched; an alias can make them endless."""
IF = "Fn::If"


class Document:
    """The template in ``content``; all is absent from what is no YAML."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @cached_property
    def root(self) -> Any:  # noqa: ANN401 - any YAML value
        """The whole of it; None when it can't be read."""
        try:
            text = self._content.decode("utf-8-sig")
            if text.lstrip()[:1] == "{":
                with suppress(ValueError):
                    return json.loads(text)
            if is_shallow(text) or _nests_little(text):
                return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError, TypeError):
            pass
        return None

    def at(self, place: str) -> Any:  # noqa: ANN401 - any YAML value
        """Return what is at ``place``, or at the deepest part of it that there is; an ``Fn::If`` may be left out."""
        value = self.root
        for step in filter(None, place.split("/")):
            found = list(_inner(value, step))
            if not found:
                return value
            value = found[0]
        return value


def is_decided_later(value: object, levels: int = DEEPEST) -> bool:
    """Check whether a condition decides ``value``, or, of a list, an item or any part of one."""
    if isinstance(value, Mapping):
        return IF in value
    return isinstance(value, list) and any(_has_if(item, levels) for item in value)


def _has_if(value: object, levels: int) -> bool:
    if levels == 0:
        return False
    if isinstance(value, Mapping):
        return IF in value or any(_has_if(one, levels - 1) for one in value.values())
    return isinstance(value, list) and any(_has_if(one, levels - 1) for one in value)


def _nests_little(text: str) -> bool:
    """Check how deep a long text nests, by its events, which one after another take no stack."""
    level = 0
    for event in yaml.parse(text, Loader=_Loader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MOST_NESTED:
            return False
    return True


def _inner(value: object, step: str, levels: int = DEEPEST) -> Iterator[Any]:
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        yield value[int(step)]
    elif isinstance(value, Mapping) and step in value:
        yield value[step]
    elif isinstance(value, Mapping) and isinstance(value.get(IF), list) and levels:
        for branch in value[IF][1:]:
            yield from _inner(branch, step, levels - 1)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # chosen when it is run
    """Reads CloudFormation's short forms of functions too."""


def _function(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:  # noqa: ANN401 - either loader
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: node.value}
    make = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
    return {name: make(node, deep=True)}


_Loader.add_multi_constructor("!", _function)
