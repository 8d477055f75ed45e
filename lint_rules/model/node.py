"""A value somewhere in a template, with its path; nothing that stands in a template makes it raise."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

PathParts = tuple[str | int, ...]

NO_VALUE = "AWS::NoValue"
_PAIR, _BRANCHES = 2, 3


class Absent:
    """What is not there."""


ABSENT = Absent()


class Node:
    """A value at ``path``, with every ``Fn::If`` above and in it decided as ``choices`` (condition to outcome) says.

    ``parameters`` are the template's own. A value that only the deployment knows has no ``text``: rules say nothing of
    it. The path of a value that is absent is that of what it is missing from.
    """

    def __init__(
        self,
        value: Any,  # noqa: ANN401
        path: PathParts,
        choices: Mapping[str, bool],
        parameters: Mapping[str, Any],
    ) -> None:
        self.choices = choices
        self.parameters = parameters
        self.value, self.path = _decided(value, path, choices)
        self._members: dict[str | int, Node] = {}

    def _at(self, value: Any, path: PathParts) -> "Node":  # noqa: ANN401
        return Node(value, path, self.choices, self.parameters)

    def __getitem__(self, key: str | int) -> "Node":
        """Give the member ``key`` of a mapping, or the item of a list as it is written; absent where there is none."""
        if key not in self._members:
            self._members[key] = self._member(key)
        return self._members[key]

    def _member(self, key: str | int) -> "Node":
        if isinstance(self.value, Mapping) and key in self.value and not self.function:
            return self._at(self.value[key], (*self.path, key))
        if isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
            return self._at(self.value[key], (*self.path, key))
        return self._at(ABSENT, self.path)

    def find(self, *keys: str | int) -> "Node":
        """Return what stands at ``keys``, one after another."""
        node = self
        for key in keys:
            node = node[key]
        return node

    @property
    def present(self) -> bool:
        """Whether there is a value, known or not."""
        return self.value is not ABSENT

    @property
    def absent(self) -> bool:
        """Whether there is none."""
        return self.value is ABSENT

    @cached_property
    def items(self) -> Sequence["Node"]:
        """The items of a list, without those that a condition leaves out; empty for anything else."""
        if not isinstance(self.value, list):
            return ()
        nodes = (self[index] for index in range(len(self.value)))
        return tuple(node for node in nodes if node.present)

    @property
    def one_or_more(self) -> Sequence["Node"]:
        """The items of a list, or the value itself where one may stand without a list, as in policies."""
        if isinstance(self.value, list):
            return self.items
        return (self,) if self.present else ()

    @property
    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """The members of a mapping that is no function, as (key, value), without those that a condition leaves out."""
        if isinstance(self.value, Mapping) and not self.function:
            for key in self.value:
                if isinstance(key, str) and self[key].present:
                    yield key, self[key]

    @cached_property
    def function(self) -> str:
        """The intrinsic function that gives the value (``Ref``, ``Fn::Sub``, ...); empty for a plain value."""
        if isinstance(self.value, Mapping) and len(self.value) == 1:
            (name,) = self.value
            if isinstance(name, str) and (name == "Ref" or name.startswith("Fn::")):
                return name
        return ""

    @property
    def arguments(self) -> Any:  # noqa: ANN401 - whatever the function was given
        """What the function is given."""
        return self.value[self.function] if self.function else None

    @cached_property
    def text(self) -> str | None:
        """The value as CloudFormation would write it, when it is known: a literal, or a parameter's default."""
        pattern = self.pattern
        return None if pattern is None or "${" in pattern else pattern

    @cached_property
    def pattern(self) -> str | None:
        """The text with ``${...}`` for each part that is not known yet; None for what is no text at all."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, str | int | float):
            return str(self.value)
        return self._given() if self.function else None

    def _given(self) -> str | None:
        """Return the text of a function."""
        match self.function:
            case "Ref":
                return self._parameter(self.arguments)
            case "Fn::Sub":
                return self._substituted()
            case "Fn::Join":
                return self._joined()
            case "Fn::GetAtt":
                return "${" + ".".join(self.attribute or ("?",)) + "}"
        return f"${{{self.function}}}"

    def _parameter(self, name: object) -> str:
        parameter = self.parameters.get(name) if isinstance(name, str) else None
        default = parameter.get("Default") if isinstance(parameter, Mapping) else None
        if isinstance(default, str | int) and not isinstance(default, bool) and str(default):
            kind = str(parameter.get("Type") if isinstance(parameter, Mapping) else "")
            if kind in {"String", "Number"}:
                return str(default)
        return f"${{{name}}}"

    def _substituted(self) -> str | None:
        given = self.arguments
        text, own = (given[0], given[1]) if isinstance(given, list) and len(given) == _PAIR else (given, {})
        if not isinstance(text, str):
            return "${Fn::Sub}"
        parts = text.split("${")
        for index, part in enumerate(parts[1:], 1):
            name, _, rest = part.partition("}")
            if name.startswith("!"):
                parts[index] = "$" + "{" + name[1:] + "}" + rest
            elif isinstance(own, Mapping) and name in own:
                parts[index] = (self._at(own[name], self.path).pattern or f"${{{name}}}") + rest
            else:
                parts[index] = (f"${{{name}}}" if "." in name else self._parameter(name)) + rest
        return "".join(parts)

    def _joined(self) -> str | None:
        given = self.arguments
        if not (isinstance(given, list) and len(given) == _PAIR and isinstance(given[0], str)):
            return "${Fn::Join}"
        parts = self._at(given[1], (*self.path, "Fn::Join", 1))
        if not isinstance(parts.value, list):
            return "${Fn::Join}"
        return given[0].join(part.pattern or "${?}" for part in parts.items)

    @property
    def number(self) -> int | None:
        """The value as a whole number, when it is known and one."""
        try:
            return int(self.text or "")
        except ValueError:
            return None

    @property
    def flag(self) -> bool | None:
        """The value as true or false, when it is known and one of the two."""
        return {"true": True, "false": False}.get((self.text or "").lower())

    @property
    def attribute(self) -> tuple[str, ...] | None:
        """(logical id, attribute) of an ``Fn::GetAtt``."""
        if self.function != "Fn::GetAtt":
            return None
        given = self.arguments
        parts = given.split(".", 1) if isinstance(given, str) else given
        if isinstance(parts, list) and len(parts) == _PAIR and all(isinstance(part, str) for part in parts):
            return tuple(parts)
        return None

    @property
    def target(self) -> str | None:
        """What the value is a ``Ref``, an ``Fn::GetAtt`` or nothing but an ``Fn::Sub`` of."""
        if self.function == "Ref":
            return self.arguments if isinstance(self.arguments, str) else None
        if self.function == "Fn::Sub" and isinstance(self.arguments, str):
            inner = self.arguments.removeprefix("${").removesuffix("}")
            return inner.partition(".")[0] if f"${{{inner}}}" == self.arguments and "${" not in inner else None
        return self.attribute[0] if self.attribute else None


def _decided(value: Any, path: PathParts, choices: Mapping[str, bool]) -> tuple[Any, PathParts]:  # noqa: ANN401
    """Follow ``Fn::If`` to the branch that applies; a path to nothing is cut back to what it is missing from."""
    start = path
    while isinstance(value, Mapping) and len(value) == 1 and "Fn::If" in value:
        branches = value["Fn::If"]
        if not (isinstance(branches, list) and len(branches) == _BRANCHES and isinstance(branches[0], str)):
            return value, path
        if branches[0] not in choices:
            return value, path
        branch = 1 if choices[branches[0]] else 2
        value, path = branches[branch], (*path, "Fn::If", branch)
    if isinstance(value, Mapping) and len(value) == 1 and value.get("Ref") == NO_VALUE:
        return ABSENT, start[:-1]
    return value, path
