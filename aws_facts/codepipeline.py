"""What CodePipeline takes: action types, their keys, conditions; and where it puts artifacts.

Action types: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
Rules: https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html

AWS documents that the pipeline's name makes the folder and that names are cut, and not how short; the lengths are those
that keys are seen to have (``cruddur-backend-farg/SourceArti/1R4bSSJ``).
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#troubleshooting-truncated-artifacts
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from aws_facts import facts

Kind = Mapping[str, Any]
"""What is known of an action type or a rule, as the ``about`` of its file describes; empty for an unknown one."""

ACTION_MINUTES = 60
"""After so long an action fails whose type has no ``timeout_minutes`` of its own.

https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
"""
LONGEST_VALUE = 1000
"""Characters in one configuration value; the same page."""


class ActionTypeName(NamedTuple):
    """The parts that name an action type, such as Deploy, AWS, ECS."""

    category: str
    owner: str
    provider: str


def action_types() -> list[ActionTypeName]:
    """Return the names of all action types of AWS and its partners."""
    return [ActionTypeName(*name.split(" ")) for name in facts("codepipeline_actions")]


def action_type(category: str, owner: str, provider: str) -> Kind:
    """Return what an action of this type takes."""
    kind: Kind = facts("codepipeline_actions").get(f"{category} {owner} {provider}", {})
    return kind


def rule_type(provider: str) -> Kind:
    """Return what a condition's rule of this provider takes."""
    kind: Kind = facts("codepipeline_rules").get(provider, {})
    return kind


def condition_results(kind: str) -> list[str]:
    """Return the results that a condition of ``kind`` (``beforeEntry``, ``onSuccess`` or ``onFailure``) may have."""
    results: list[str] = facts("codepipeline_conditions")["results"][kind]
    return results


def missing_keys(kind: Kind, configuration: Iterable[str]) -> list[str]:
    """Return the required configuration keys that are not there."""
    present = set(configuration)
    return [key for key in kind.get("required", ()) if key not in present]


def unknown_keys(kind: Kind, configuration: Iterable[str]) -> list[str]:
    """Return the configuration keys that the type does not take; none where not all of its keys are known."""
    if not kind or kind.get("open"):
        return []
    return [key for key in configuration if key not in taken_keys(kind)]


def taken_keys(kind: Kind) -> list[str]:
    """Return the configuration keys that the type takes."""
    return [*kind.get("required", ()), *kind.get("optional", ())]


class ValueProblem(NamedTuple):
    """Why a value is refused: by ``fact``, which is values, lists, numbers or forms, and what that allows."""

    fact: str
    allowed: Any


def value_problem(kind: Kind, key: str, value: str) -> ValueProblem | None:
    """Return why ``value``, which holds no reference to a variable, is not allowed under ``key``; None if it is."""
    return next(_value_problems(kind, key, value), None)


def _value_problems(kind: Kind, key: str, value: str) -> Iterator[ValueProblem]:
    for fact, fits in _FITS.items():
        allowed = kind.get(fact, {}).get(key)
        if allowed is not None and not fits(value, allowed):
            yield ValueProblem(fact, allowed)


_NUMBER = re.compile(r"[0-9]{1,10}")


def _in_range(value: str, allowed: tuple[int, int]) -> bool:
    least, most = allowed
    return _NUMBER.fullmatch(value) is not None and least <= int(value) <= most


FLAGS = {"true", "false"}
"""Published pipelines run with True and False too; no page says that the case matters."""

_FITS: Mapping[str, Callable[[str, Any], bool]] = {
    "values": lambda value, allowed: value in allowed or value.lower() in FLAGS.intersection(allowed),
    "lists": lambda value, allowed: set(value.split(",")) <= set(allowed),
    "numbers": _in_range,
    "forms": lambda value, allowed: re.fullmatch(allowed["pattern"], value, re.DOTALL) is not None,
}


PIPELINE_LENGTH = 20
ARTIFACT_LENGTH = 10


def folder_of_pipeline(pipeline: str) -> str:
    """Return the folder of all of a pipeline's artifacts, without a slash at its end."""
    return pipeline[:PIPELINE_LENGTH]


def folder_of_artifact(pipeline: str, artifact: str) -> str:
    """Return the folder of one artifact of a pipeline, one object an execution."""
    return f"{folder_of_pipeline(pipeline)}/{artifact[:ARTIFACT_LENGTH]}"
