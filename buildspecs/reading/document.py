"""YAML text as a tree of values that know their line and column."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import yaml

Path = tuple[str | int, ...]
"""The keys and indexes that lead from the top of the document to a value."""

MOST_NODES = 20_000
"""Anchors can make a short text expand without end; no buildspec comes near this."""

DEEPEST = 500
"""Levels of nesting that libyaml surely takes."""

_DEEP_LINE = re.compile(rf"^(?:[ \t]|[-?][ \t]){{{DEEPEST},}}", re.MULTILINE)

GO_YAML_WORDS = {
    "mapping values are not allowed here": "mapping values are not allowed in this context",
    "found unexpected end of stream": "found unexpected end of stream",
}
"""CodeBuild's agent reads YAML with a Go library, whose sentences its users know; PyYAML's on the left."""


class Position(NamedTuple):
    """Where something is written; both count from 1."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True)
class Text:
    """A scalar: ``written`` is its text, ``kind`` what YAML takes it for (str, int, float, bool, null, ...).

    ``style`` is the sign that it begins with: ``|``, ``>``, a quote, or empty.
    """

    written: str
    kind: str
    position: Position
    style: str = ""


@dataclass(frozen=True)
class Items:
    """A sequence."""

    items: "tuple[Node, ...]"
    position: Position


@dataclass(frozen=True)
class Entry:
    """One key of a mapping, and its value."""

    key: str
    position: Position
    value: "Node"


@dataclass(frozen=True)
class Fields:
    """A mapping; of equal keys, the last is in ``entries`` and those before are in ``repeated``."""

    entries: tuple[Entry, ...]
    position: Position
    repeated: tuple[Entry, ...] = ()


Node = Text | Items | Fields


class DocumentError(Exception):
    """The text isn't the YAML of a buildspec; the sentence names the line."""

    def __init__(self, message: str, position: Position = START) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@lru_cache(maxsize=1024)
def parse(text: str) -> Node | None:
    """Read one YAML document; None for an empty one. Raises ``DocumentError`` alone."""
    try:
        root = _composed(text)
        return None if root is None else _Converter().node(root)
    except yaml.MarkedYAMLError as error:
        raise _described(error) from error
    except yaml.YAMLError as error:
        raise DocumentError("control characters are not allowed at line 1") from error
    except (ValueError, OverflowError) as error:
        raise DocumentError("an escape names no character at line 1") from error
    except RecursionError as error:
        raise DocumentError("exceeded max depth of nested values at line 1") from error


def _composed(text: str) -> yaml.Node | None:
    """Read with libyaml, a tenth of the time; what it refuses is read again by PyYAML itself, whose words are known.

    libyaml's binding ends the process on deep nesting, which is left to PyYAML too.
    """
    if is_shallow(text):
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return yaml.compose(text, Loader=yaml.SafeLoader)


def is_shallow(text: str) -> bool:
    """Return whether a text can't nest deeply: each level takes a bracket, or a column more at the begin of a line."""
    return text.count("[") + text.count("{") < DEEPEST and not _DEEP_LINE.search(text)


def repeated(node: Node) -> Iterator[Entry]:
    """Return every key below ``node`` that stands in its mapping once more, further down."""
    if isinstance(node, Fields):
        yield from node.repeated
    below = (
        node.items
        if isinstance(node, Items)
        else [one.value for one in node.entries]
        if isinstance(node, Fields)
        else ()
    )
    for one in below:
        yield from repeated(one)


def positions(node: Node, path: Path = ()) -> Iterator[tuple[Path, Position]]:
    """Return the place of every key and item below ``node``."""
    if isinstance(node, Fields):
        for entry in node.entries:
            yield (*path, entry.key), entry.position
            yield from positions(entry.value, (*path, entry.key))
    elif isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield (*path, index), item.position
            yield from positions(item, (*path, index))


def _described(error: yaml.MarkedYAMLError) -> DocumentError:
    mark = error.problem_mark or error.context_mark
    position = Position(mark.line + 1, mark.column + 1) if mark else START
    return DocumentError(f"{_go_words(error)} at line {position.line}", position)


def _go_words(error: yaml.MarkedYAMLError) -> str:
    problem, context = error.problem or "did not find expected node content", error.context or ""
    if problem.startswith("expected <block end>"):
        return "did not find expected key" if "mapping" in context else "did not find expected '-' indicator"
    if problem.startswith("expected ',' or"):
        return f"did not find {problem.split(', but')[0]}"
    if problem.endswith("that cannot start any token"):
        return "found character that cannot start any token"
    if problem.startswith("found undefined alias"):
        return f"unknown anchor {problem.removeprefix('found undefined alias ')} referenced"
    return GO_YAML_WORDS.get(problem, problem)


class _Converter:
    """Turns PyYAML's nodes into ours; anchors are followed, merge keys (``<<``) are merged."""

    def __init__(self) -> None:
        self._count = 0
        self._open: set[int] = set()

    def node(self, node: yaml.Node) -> Node:
        position = _position(node)
        self._count += 1
        if self._count > MOST_NODES:
            raise DocumentError(f"document contains excessive aliasing at line {position.line}", position)
        if id(node) in self._open:
            raise DocumentError(f"an anchor contains itself at line {position.line}", position)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                entries, repeated = self._entries(node)
                return Fields(tuple(entries), position, tuple(repeated))
            if isinstance(node, yaml.SequenceNode):
                return Items(tuple(self.node(item) for item in node.value), position)
            style = node.style or "" if isinstance(node, yaml.ScalarNode) else ""
            return Text(node.value, node.tag.rpartition(":")[2], position, style)
        finally:
            self._open.discard(id(node))

    def _entries(self, node: yaml.MappingNode) -> tuple[list[Entry], list[Entry]]:
        own: dict[str, Entry] = {}
        repeated: list[Entry] = []
        merged: list[Entry] = []
        for key, value in node.value:
            position = _position(key)
            if not isinstance(key, yaml.ScalarNode):
                raise DocumentError(f"a key must be a string at line {position.line}", position)
            if key.tag == "tag:yaml.org,2002:merge":
                merged += self._merged(value)
            else:
                repeated += [own.pop(key.value)] if key.value in own else []
                own[key.value] = Entry(key.value, position, self.node(value))
        for entry in merged:
            own.setdefault(entry.key, entry)
        return list(own.values()), repeated

    def _merged(self, value: yaml.Node) -> list[Entry]:
        sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
        entries: list[Entry] = []
        for source in sources:
            converted = self.node(source)
            if not isinstance(converted, Fields):
                position = _position(source)
                raise DocumentError(f"map merge requires map or sequence of maps at line {position.line}", position)
            entries += converted.entries
        return entries


def _position(node: yaml.Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)
