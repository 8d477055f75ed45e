"""What the rules of a template say of the values that it is given: CloudFormation refuses by them, and so do we first.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from delivery.model.templates import Template


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
