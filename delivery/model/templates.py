"""The templates of `build/`, as text, as what the text says, and what their rules say of values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from delivery.model.manifest import Manifest, Stack, read_json
from reporting.errors import CannotRunError
from settings.toml_file import shown

LARGEST_INLINE = 51_200
"""Bytes that CloudFormation takes within a request; a larger template goes through a bucket.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

LARGEST = 1_000_000
"""Bytes that CloudFormation takes from a bucket (the same page: 1 MB)."""

MOST_RESOURCES = 500
"""Resources that CloudFormation takes in one template (the same page)."""


@dataclass(frozen=True)
class Template:
    """One template. ``text`` is what is sent; ``document`` is that text read as JSON."""

    file: str
    text: str
    document: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.text.encode())

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal digits."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """What it says about its parameters, by name."""
        return self.document.get("Parameters") or {}

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Its resources, by logical id."""
        return self.document.get("Resources") or {}


def read(manifest: Manifest, stack: Stack) -> Template:
    """Read the template of ``stack``; one that can't be read raises ``CannotRunError``."""
    path = manifest.build / stack.template
    text, document = read_json(path)
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        sentence = f"{shown(path)}: it has no Resources, so it is not a template; regenerate it with `make templates`."
        raise CannotRunError(sentence)
    template = Template(shown(path), text, document)
    if template.size > LARGEST:
        sentence = (
            f"{shown(path)}: it has {template.size} bytes; CloudFormation takes {LARGEST} at most; split the stack."
        )
        raise CannotRunError(sentence)
    if len(template.resources) > MOST_RESOURCES:
        raise CannotRunError(
            f"{shown(path)}: it has {len(template.resources)} resources; CloudFormation takes {MOST_RESOURCES} at "
            "most; split the stack."
        )
    return template


def broken(template: Template, values: Mapping[str, str]) -> Iterator[str]:
    """Give the description of each assertion of ``template`` that does not hold for all its parameters' ``values``."""
    for rule in (template.document.get("Rules") or {}).values():
        if _holds(rule.get("RuleCondition", True), values) is False:
            continue
        for assertion in rule["Assertions"]:
            if _holds(assertion["Assert"], values) is False:
                yield str(assertion.get("AssertDescription", "a rule of the template does not hold"))


def _holds(expression: Any, values: Mapping[str, str]) -> bool | None:  # noqa: ANN401 - any JSON value
    """Return whether an expression is true; ``None`` for what CloudFormation alone can tell."""
    if not isinstance(expression, dict):
        return bool(expression)
    ((function, operands),) = expression.items()
    if function == "Fn::Equals":
        left, right = (_value(operand, values) for operand in operands)
        return None if left is None or right is None else left == right
    parts = [_holds(operand, values) for operand in operands]
    if function == "Fn::Not":
        return None if parts[0] is None else not parts[0]
    if function == "Fn::And":
        return False if False in parts else None if None in parts else True
    if function == "Fn::Or":
        return True if True in parts else None if None in parts else False
    return None


def _value(operand: Any, values: Mapping[str, str]) -> str | None:  # noqa: ANN401 - a text, or a reference to one
    if isinstance(operand, dict):
        return values.get(str(operand.get("Ref", "")))
    return str(operand)
