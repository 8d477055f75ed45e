"""What a value of a template comes to, as a text in which only a deployment's own values stay open.

``${AWS::AccountId}`` and its like stay as they are; a name that AWS makes up stands as ``${STACK.LOGICAL_ID}``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.names import arn_of, name_of
from contracts.system import Stack, System, mapping

_PAIR = 2


class Resolver:
    """Resolves the values of a system's templates."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._exported: dict[str, str | None] = {}

    def text(self, value: Any, stack: Stack) -> str | None:  # noqa: ANN401 - whatever stands in a template
        """Give the text of a value; None for what is no text, or is left out by ``AWS::NoValue``."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        if isinstance(value, dict) and len(value) == 1:
            ((function, given),) = value.items()
            return self._given(function, given, stack)
        return None

    def texts(self, value: Any, stack: Stack) -> list[str]:  # noqa: ANN401 - the same
        """Give the texts of a list, or of one value that stands for a list of one."""
        items = value if isinstance(value, list) else [value]
        return [text for item in items if (text := self.text(item, stack)) is not None]

    def _given(self, function: str, given: Any, stack: Stack) -> str | None:  # noqa: ANN401 - the same
        known: Mapping[str, Callable[[], str | None]] = {
            "Ref": lambda: self._reference(str(given), stack),
            "Fn::GetAtt": lambda: self._attribute(given, stack),
            "Fn::ImportValue": lambda: self._imported(self.text(given, stack)),
            "Fn::Sub": lambda: self._substituted(given, stack),
            "Fn::Join": lambda: str(given[0]).join(self.texts(given[1], stack)),
            "Fn::If": lambda: self.text(given[1], stack) or self.text(given[2], stack),
            "Fn::Select": lambda: self._selected(given, stack),
        }
        try:
            return known[function]() if function in known else f"${{{stack.name}.{function}}}"
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return None  # not what the function takes: the linters tell of it

    def _reference(self, name: str, stack: Stack) -> str | None:
        if name == "AWS::NoValue":
            return None
        if name.startswith("AWS::"):
            return f"${{{name}}}"
        resource = stack.resources.get(name)
        if resource is None:
            return f"${{{stack.name}.{name}}}"
        return name_of(resource, self)

    def _attribute(self, given: Any, stack: Stack) -> str:  # noqa: ANN401 - the same
        logical_id, attribute = map(str, given.split(".", 1) if isinstance(given, str) else given)
        resource = stack.resources.get(logical_id)
        arn = arn_of(resource, attribute, self) if resource is not None else None
        return arn or f"${{{stack.name}.{logical_id}.{attribute}}}"

    def _imported(self, name: str | None) -> str | None:
        if name not in self._exported and name is not None:
            exported = self._system.exports.get(name)
            self._exported[name] = self.text(exported[1], exported[0]) if exported else f"${{{name}}}"
        return self._exported.get(name or "")

    def _substituted(self, given: Any, stack: Stack) -> str:  # noqa: ANN401 - the same
        text, own = (given[0], given[1]) if isinstance(given, list) and len(given) == _PAIR else (given, {})
        first, *parts = str(text).split("${")
        done = [first]
        for part in parts:
            name, _, rest = part.partition("}")
            done.append(self._variable(name, mapping(own), stack) + rest)
        return "".join(done)

    def _variable(self, name: str, own: Mapping[str, Any], stack: Stack) -> str:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in own:
            return self.text(own[name], stack) or ""
        if "." in name:
            return self._attribute(name, stack)
        return self._reference(name, stack) or ""

    def _selected(self, given: Any, stack: Stack) -> str:  # noqa: ANN401 - the same
        split = mapping(given[1]).get("Fn::Split")
        if isinstance(split, list):
            parts = (self.text(split[1], stack) or "").split(str(split[0]))
            index = int(given[0])
            return parts[index] if index < len(parts) else ""
        texts = self.texts(given[1], stack)
        return texts[int(given[0])] if int(given[0]) < len(texts) else ""
