"""What a value of a template comes to, with what only a deployment knows worded as the caller wants it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from system_model.names import attribute_of, name_of
from system_model.system import Stack, System, mapping
from system_model.wording import Placeholders, Wording

_PAIR = 2
_NAME = re.compile(r"\$\{[^{}]*\}")
"""What stands for a value that only a deployment knows."""
NO_VALUE = {"Ref": "AWS::NoValue"}


class Resolver:
    """Resolves the values of a system's templates; ``wording`` has the words for what they leave open."""

    def __init__(self, system: System, wording: Wording | None = None) -> None:
        self._system = system
        self.wording = wording or Placeholders()
        self._exported: dict[str, str | None] = {}

    def text(self, value: Any, stack: Stack) -> str | None:  # noqa: ANN401 - whatever a template holds
        """Return the text of a value; None for what is no text, or is left out by ``AWS::NoValue``."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        return self._called(value, stack) if is_function(value) else None

    def default(self, value: Any, stack: Stack) -> str | None:  # noqa: ANN401 - the same
        """Return the default of the parameter that a value is a ``Ref`` of; None for anything else."""
        parameters = mapping(stack.template.get("Parameters"))
        given = mapping(parameters.get(str(mapping(value).get("Ref")))).get("Default")
        return str(given) if isinstance(given, str | int) else None

    def texts(self, value: Any, stack: Stack) -> list[str]:  # noqa: ANN401 - the same
        """Return the texts of a list, or of one value that stands for a list of one."""
        items = value if isinstance(value, list) else [value]
        return [text for item in items if (text := self.text(item, stack)) is not None]

    def value(self, value: Any, stack: Stack) -> Any:  # noqa: ANN401 - the same
        """Return a value of any shape with no function left in it."""
        if isinstance(value, list):
            return [self.value(each, stack) for each in value if each != NO_VALUE]
        if not isinstance(value, dict):
            return value
        if is_function(value):
            return self._called(value, stack)
        return {key: self.value(each, stack) for key, each in value.items()}

    def _called(self, value: Mapping[str, Any], stack: Stack) -> str | None:
        ((function, given),) = value.items()
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
            return known[function]() if function in known else self.wording.function(stack.name, function)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return None  # not what the function takes: the linters report it

    def _reference(self, name: str, stack: Stack) -> str | None:
        if name == "AWS::NoValue":
            return None
        if name.startswith("AWS::"):
            return self.wording.pseudo(name)
        resource = stack.resources.get(name)
        return self.wording.missing(stack.name, name) if resource is None else name_of(resource, self)

    def _attribute(self, given: Any, stack: Stack) -> str:  # noqa: ANN401 - the same
        logical_id, attribute = map(str, given.split(".", 1) if isinstance(given, str) else given)
        resource = stack.resources.get(logical_id)
        if resource is None:
            return self.wording.missing(stack.name, f"{logical_id}.{attribute}")
        return attribute_of(resource, attribute, self) or self.wording.attribute(resource, attribute)

    def _imported(self, name: str | None) -> str | None:
        if name is not None and name not in self._exported:
            exported = self._system.exports.get(name)
            open_name = name.replace("${", "").replace("}", "")
            self._exported[name] = self.text(exported[1], exported[0]) if exported else f"${{{open_name}}}"
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
            texts = _split(self.text(split[1], stack) or "", str(split[0]))
        else:
            texts = self.texts(given[1], stack)
        index = int(given[0])
        # What only a deployment knows has parts that are not to be seen here.
        return texts[index] if index < len(texts) else self.wording.function(stack.name, "Fn::Select") or ""


def _split(text: str, separator: str) -> list[str]:
    """Split a text at each separator that is not within a ``${...}``."""
    names = iter(_NAME.findall(text))
    parts = _NAME.sub("\0", text).split(separator)
    return ["".join(next(names, "") if sign == "\0" else sign for sign in part) for part in parts]


def is_function(value: object) -> bool:
    """Check whether a value is a call of a function."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    name = next(iter(value))
    return name == "Ref" or str(name).startswith("Fn::")


def readable(value: Any) -> Any:  # noqa: ANN401 - the same
    """Return a value as a person reads it: references by name, ``stack:Export`` for what is imported."""
    if isinstance(value, list):
        return [readable(each) for each in value]
    if is_function(value):
        return _readable_call(*next(iter(value.items())))
    return {key: readable(each) for key, each in value.items()} if isinstance(value, dict) else value


def _readable_call(function: str, given: Any) -> str:  # noqa: ANN401 - the same
    if function == "Fn::Join":
        return str(given[0]).join(str(readable(each)) for each in given[1])
    if function == "Fn::Sub":
        return str(given if isinstance(given, str) else given[0])
    if function == "Fn::GetAtt":
        return given if isinstance(given, str) else ".".join(given)
    return str(given)
