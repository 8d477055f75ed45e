"""Why IAM refused, in one sentence: which statement denies, or how near the nearest one came."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core import iam_evaluator


def reason_of_refusal(identity: Any, *, by_resource: bool) -> str:  # noqa: ANN401 - a decisions.Evaluation
    """Word the reason; ``identity`` is the evaluation of the identity policies and their limits."""
    action = identity.request.action
    if by_resource:
        return "The resource's own policy denies it."
    if identity.outcome == "Deny":
        own = [one for policy in identity.policies for one in policy]
        denied = iam_evaluator._first_match(identity.request, own, "Deny") is not None
        return "A statement denies it." if denied else "The permissions boundary or the session's policy denies it."
    if identity.outcome == "Allow":
        return "The resource's own policy does not allow it, which it must."
    own = [one for policy in identity.policies for one in policy if one.effect == "Allow"]
    named = [one for one in own if iam_evaluator._action_matches(action, one.actions, one.not_actions)]
    if not named:
        return f"No identity-based policy allows the {action} action."
    return f"{'; '.join(_shortfall(one, identity.request) for one in named)}."


def reason_of_distrust(trust: Any, request: Any) -> str:  # noqa: ANN401 - MiniStack is untyped here
    """Word why a trust policy, as text or read, does not let its role be taken."""
    read = json.loads(trust) if isinstance(trust, str) else trust
    statements = read.get("Statement", [])
    listed = [statements] if isinstance(statements, dict) else statements
    who = request.principal_arn
    named = [one for one in listed if iam_evaluator._principal_matches(one.get("Principal"), who)]
    unmet = [(one.get("Effect"), list(_unmet(one.get("Condition", {}), request))) for one in named]
    if ("Deny", []) in unmet:
        return f"The role's trust policy denies it to {who}."
    told = [" and ".join(each) for effect, each in unmet if effect == "Allow" and each]
    if not told:
        return f"The role's trust policy does not name {who}."
    return f"The role's trust policy allows {who} only where {'; or '.join(told)}."


def _shortfall(statement: Any, request: Any) -> str:  # noqa: ANN401 - MiniStack is untyped here
    name = statement.sid or f"statement {statement.index} of {statement.policy}"
    if not iam_evaluator._resource_matches(request.resource_arn, statement.resources, statement.not_resources):
        return f"{name} allows it on other resources alone"
    unmet = list(_unmet(statement.conditions, request))
    if unmet:
        return f"{name} allows it only where {' and '.join(unmet)}"
    return f"{name} allows it, but the permissions boundary or the session's policy does not"


def _unmet(conditions: Mapping[str, Mapping[str, Any]], request: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    for operator, keys in conditions.items():
        for key, wanted in keys.items():
            if not iam_evaluator._conditions_met({operator: {key: wanted}}, request):
                found = iam_evaluator._resolve_condition_key(key, request)
                told = "was not given" if found is None else f"was {found}"
                yield f"{key} {operator} {wanted} ({told})"
