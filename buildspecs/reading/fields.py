"""Reads one mapping of a buildspec key by key; what nobody asks for is an unknown key."""

import difflib
from collections.abc import Mapping, Sequence

from buildspecs.reading.document import Entry, Fields, Items, Node, Path, Text
from buildspecs.reading.problems import Kind, Problems

TRUE = {"yes", "true", "on"}
FALSE = {"no", "false", "off"}
COMMANDS = {"commands", "finally"}
"""Lists in which CodeBuild passes over an item that is null."""


def found(node: Node) -> str:
    """Name what stands where something else was expected, as CodeBuild does."""
    if isinstance(node, Fields):
        return "subkeys"
    if isinstance(node, Items):
        return "a list"
    return "null" if node.kind == "null" else "a value"


def _type_kind(node: Node) -> Kind:
    return Kind.EMPTY if found(node) == "null" else Kind.TYPE


class Section:
    """A mapping at ``path``.

    Each reading method gives the default when the key is absent or wrong; what is wrong is kept in ``problems``.
    ``finish`` tells of the keys that none of them read.
    """

    def __init__(self, node: Fields, path: Path, problems: Problems) -> None:
        self._entries = {entry.key: entry for entry in node.entries}
        self._read: dict[str, None] = {}
        self.position = node.position
        self.path = path
        self.problems = problems

    @property
    def place(self) -> str:
        """The path as people write it, such as ``phases/build``."""
        return "/".join(str(part) for part in self.path) or "the buildspec"

    def entry(self, key: str) -> Entry | None:
        """Return the key as it is written, and count it as known."""
        self._read[key] = None
        return self._entries.get(key)

    def names(self) -> Sequence[str]:
        """Return the keys as they are written, in their order."""
        return tuple(self._entries)

    def wrong(self, entry: Entry, message: str, kind: Kind) -> None:
        """Keep a fault of one key."""
        self.problems.add(f"{message} at line {entry.position.line}", entry.position, (*self.path, entry.key), kind)

    def missing(self, key: str) -> None:
        """Keep that a key is needed."""
        message = f"{key} is missing in {self.place} at line {self.position.line}"
        self.problems.add(message, self.position, self.path, Kind.MISSING)

    def _mistyped(self, entry: Entry, wanted: str) -> None:
        message = f"Expected {entry.key} in {self.place} to be {wanted}: found {found(entry.value)} instead"
        self.wrong(entry, message, _type_kind(entry.value))

    def text(self, key: str, default: str = "") -> str:
        """Read a scalar as its text."""
        entry = self.entry(key)
        if entry is None:
            return default
        if isinstance(entry.value, Text) and entry.value.kind != "null":
            return entry.value.written
        self._mistyped(entry, "of string type")
        return default

    def choice(self, key: str, allowed: Sequence[str], default: str = "") -> str:
        """Read a scalar that is one of ``allowed``, in any case of letters."""
        value = self.text(key, default)
        by_folded = {choice.casefold(): choice for choice in allowed}
        if value != default and value.casefold() not in by_folded:
            entry = self._entries[key]
            message = f"Invalid {key} '{value}' in {self.place}. Expecting: {','.join(allowed)}"
            self.wrong(entry, message, Kind.VALUE)
            return default
        return by_folded.get(value.casefold(), value)

    def flag(self, key: str) -> bool:
        """Read ``yes`` or ``no`` (``true`` or ``false``); absent is no."""
        value = self.text(key, "no")
        if value.casefold() not in TRUE | FALSE:
            message = f"Expected {key} in {self.place} to be yes or no: found '{value}' instead"
            self.wrong(self._entries[key], message, Kind.VALUE)
        return value.casefold() in TRUE

    def texts(self, key: str, *, required: bool = False, single: bool = False) -> tuple[str, ...]:
        """Read a list of scalars; ``single`` allows one scalar in place of the list."""
        entry = self.entry(key)
        if entry is None:
            if required:
                self.missing(key)
            return ()
        if single and isinstance(entry.value, Text) and entry.value.kind != "null":
            return (entry.value.written,)
        if not isinstance(entry.value, Items):
            self._mistyped(entry, "a list")
            return ()
        texts = [self._item(key, index, item) for index, item in enumerate(entry.value.items)]
        return tuple(text for text in texts if text is not None)

    def _item(self, key: str, index: int, item: Node) -> str | None:
        if isinstance(item, Text) and item.kind != "null":
            return item.written
        line = item.position.line
        if found(item) == "null" and key in COMMANDS:
            message = f"Item {index + 1} of {key} in {self.place} is empty at line {line}"
            self.problems.add(message, item.position, (*self.path, key, index), Kind.NULL)
            return None
        kind = Kind.MAPPING if found(item) == "subkeys" else Kind.TYPE
        self.problems.add(
            f"Expected {key.capitalize()}[{index}] to be of string type: found {found(item)} instead at line {line}, "
            f"value of the key tag on line {line - 1} might be empty",
            item.position,
            (*self.path, key, index),
            kind,
        )
        return None

    def section(self, key: str) -> "Section | None":
        """Read a mapping."""
        entry = self.entry(key)
        if entry is None:
            return None
        if isinstance(entry.value, Fields):
            return Section(entry.value, (*self.path, key), self.problems)
        self._mistyped(entry, "a mapping")
        return None

    def sections(self, key: str) -> "tuple[Section, ...]":
        """Read a list of mappings."""
        entry = self.entry(key)
        if entry is None:
            return ()
        if not isinstance(entry.value, Items):
            self._mistyped(entry, "a list")
            return ()
        sections = []
        for index, item in enumerate(entry.value.items):
            path = (*self.path, key, index)
            if isinstance(item, Fields):
                sections.append(Section(item, path, self.problems))
                continue
            message = f"Expected {key}[{index}] in {self.place} to be a mapping: found {found(item)} instead"
            self.problems.add(f"{message} at line {item.position.line}", item.position, path, Kind.TYPE)
        return tuple(sections)

    def texts_by_name(self, key: str) -> Mapping[str, str]:
        """Read a mapping of names to scalars."""
        section = self.section(key)
        return {} if section is None else {name: section.text(name) for name in section.names()}

    def finish(self, elsewhere: Mapping[str, str] | None = None) -> None:
        """Report unknown keys; ``elsewhere`` says of known ones where they belong."""
        for key, entry in self._entries.items():
            if key in self._read:
                continue
            near = difflib.get_close_matches(key, self._read, 1)
            hint = (elsewhere or {}).get(key) or (f"did you mean {near[0]}?" if near else "")
            advice = f"; {hint}" if hint else "."
            message = f"Unknown key '{key}' in {self.place} at line {entry.position.line}{advice}"
            allowed = ", ".join(sorted(self._read))
            self.problems.add(f"{message} Allowed: {allowed}", entry.position, (*self.path, key), Kind.UNKNOWN)
