"""Condition keys within MiniStack's IAM: what it lacks or spells otherwise than AWS, and values that a replay fixes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.core import iam_evaluator

_DIRECT = {"aws:viaawsservice": "false", "aws:principalisawsservice": "false"}
"""Of a request that a user or a role makes itself."""


@dataclass
class FixedRequest(iam_evaluator.EvalContext):  # type: ignore[misc] # MiniStack is untyped here
    """A request whose condition keys are given: by their names in lower case; None means that a key is absent."""

    fixed: Mapping[str, Any] = field(default_factory=dict)


def complete_condition_keys() -> None:
    """Have the evaluator know these keys as AWS does."""
    original = iam_evaluator._resolve_condition_key

    def resolve_condition_key(key: str, request: Any) -> Any:  # noqa: ANN401 - a key's value may be text or a list
        name = key.lower()
        if isinstance(request, FixedRequest) and name in request.fixed:
            return request.fixed[name]
        if name == "aws:principalarn":
            return principal_of_session(request.principal_arn)
        found = original(key, request)
        return _DIRECT.get(name) if found is None else found

    iam_evaluator._resolve_condition_key = resolve_condition_key


def principal_of_session(arn: str) -> str:
    """Return the role's ARN for that of one of its sessions, without the role's path, which a session's ARN lacks."""
    if ":assumed-role/" not in arn:
        return arn
    head, _, rest = arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}"
