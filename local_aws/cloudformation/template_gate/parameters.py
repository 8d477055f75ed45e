"""The values that a request gives for a template's parameters.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.platform.service import ServiceError


@dataclass(frozen=True)
class Given:
    """One parameter of a request: a value, or the wish to keep the one before."""

    name: str
    value: str
    keep: bool


def read_parameters(request: Mapping[str, Sequence[str]]) -> list[Given]:
    """Read ``Parameters.member.N`` of a Query request."""
    given = []
    number = 1
    while name := first(request, f"Parameters.member.{number}.ParameterKey"):
        keep = first(request, f"Parameters.member.{number}.UsePreviousValue") == "true"
        given.append(Given(name, first(request, f"Parameters.member.{number}.ParameterValue"), keep))
        number += 1
    return given


def check_parameters(template: Mapping[str, Any], given: Sequence[Given], before: Collection[str]) -> None:
    """Raise ``ServiceError`` ValidationError for a value nobody asked for, a missing one, or one that is not allowed.

    ``before`` names the parameters that the stack has values for.
    """
    declared = template.get("Parameters") or {}
    unknown = sorted({parameter.name for parameter in given} - set(declared))
    if unknown:
        _refuse(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    given_names = {parameter.name for parameter in given if not parameter.keep or parameter.name in before}
    missing = [name for name, about in declared.items() if "Default" not in about and name not in given_names]
    if missing:
        _refuse(f"Parameters: [{', '.join(missing)}] must have values")
    for parameter in given:
        about = declared[parameter.name]
        allowed = [str(value) for value in about.get("AllowedValues", [])]
        if not parameter.keep and allowed and parameter.value not in allowed:
            _refuse(
                f"Parameter {parameter.name} failed to satisfy constraint: {about['ConstraintDescription']}"
                if "ConstraintDescription" in about
                else f"Parameter '{parameter.name}' must be one of AllowedValues"
            )


def first(request: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the first value of a request's parameter; empty where it has none."""
    return next(iter(request.get(name) or [""]), "")


def _refuse(message: str) -> None:
    raise ServiceError("ValidationError", message)
