"""References to nothing: Ref, GetAtt, Sub, DependsOn, conditions and mappings that the template does not have.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.platform.service import ServiceError

_PLACEHOLDER = re.compile(r"\$\{(?!!)\s*([^{}\s]+)\s*\}")
_PSEUDO = "AWS::"


def check_references(template: Mapping[str, Any]) -> None:
    """Raise ``ServiceError`` ValidationError in CloudFormation's words where the template names what is not there."""
    resources = template.get("Resources") or {}
    known = {*resources, *(template.get("Parameters") or {})}
    for section in ("Resources", "Outputs"):
        content = template.get(section) or {}
        unknown = sorted({name for name in _names(content) if name not in known and not name.startswith(_PSEUDO)})
        if unknown:
            _refuse(f"Unresolved resource dependencies [{', '.join(unknown)}] in the {section} block of the template")
    for name, resource in resources.items():
        depends = resource.get("DependsOn") or [] if isinstance(resource, dict) else []
        unknown = sorted(set([depends] if isinstance(depends, str) else depends) - set(resources))
        if unknown:
            _refuse(f"Unresolved resource dependencies [{', '.join(unknown)}] in the Resources block of the template")
        if name in ([depends] if isinstance(depends, str) else depends):
            _refuse(f"Circular dependency between resources: [{name}]")
    _check_conditions(template)


def _check_conditions(template: Mapping[str, Any]) -> None:
    conditions = template.get("Conditions") or {}
    for section in ("Resources", "Outputs"):
        for name in _condition_names(template.get(section) or {}):
            if name not in conditions:
                _refuse(f"Unresolved condition dependency {name} in the {section} block of the template")
    parameters = template.get("Parameters") or {}
    for name in sorted(set(_names(conditions))):
        if name not in parameters and not name.startswith(_PSEUDO):
            _refuse(
                f"Unresolved dependencies [{name}]. Cannot reference resources in the Conditions block of the template"
            )
    for name in _nested_conditions(conditions):
        if name not in conditions:
            _refuse(f"Unresolved condition dependency {name} in the Conditions block of the template")


def _names(node: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Return every logical id that an intrinsic function within ``node`` names."""
    if isinstance(node, list):
        for item in node:
            yield from _names(item)
    elif isinstance(node, dict):
        if len(node) == 1:
            (key, value), *_ = node.items()
            if key == "Ref" and isinstance(value, str):
                yield value
                return
            if key == "Fn::GetAtt":
                yield from _attribute_owner(value)
                return
            if key == "Fn::Sub":
                yield from _substituted(value)
                return
        for value in node.values():
            yield from _names(value)


def _attribute_owner(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, str):
        yield value.partition(".")[0]
    elif isinstance(value, list) and value and isinstance(value[0], str):
        yield value[0]
        yield from _names(value[1:])


def _substituted(value: Any) -> Iterator[str]:  # noqa: ANN401
    text, own = (value[0], value[1]) if isinstance(value, list) and len(value) > 1 else (value, {})
    if isinstance(text, str):
        names = (found.partition(".")[0] for found in _PLACEHOLDER.findall(text))
        yield from (name for name in names if not isinstance(own, dict) or name not in own)
    yield from _names(own)


def _condition_names(node: Any, depth: int = 0) -> Iterator[str]:  # noqa: ANN401
    """Return the conditions that resources and outputs depend on, and those that Fn::If asks for."""
    if isinstance(node, list):
        for item in node:
            yield from _condition_names(item, depth + 1)
    elif isinstance(node, dict):
        for key, value in node.items():
            # A resource or an output stands one level below its section; deeper down, Condition is a property.
            if key == "Condition" and depth == 1 and isinstance(value, str):
                yield value
            elif key == "Fn::If" and isinstance(value, list) and value and isinstance(value[0], str):
                yield value[0]
                yield from _condition_names(value[1:], depth + 1)
            else:
                yield from _condition_names(value, depth + 1)


def _nested_conditions(node: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(node, list):
        for item in node:
            yield from _nested_conditions(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Condition" and isinstance(value, str):
                yield value
            else:
                yield from _nested_conditions(value)


def _refuse(reason: str) -> None:
    raise ServiceError("ValidationError", f"Template format error: {reason}")
