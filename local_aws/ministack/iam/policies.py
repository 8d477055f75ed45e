"""Policies of MiniStack's IAM, read once for each text, with every statement knowing where it stands."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

Document = str | Mapping[str, Any]


@dataclass
class Statement(iam_evaluator.ParsedStatement):  # type: ignore[misc] # MiniStack is untyped here
    """A statement in the form that the evaluator reads; ``policy`` is an inline policy's name or a managed one's ARN.

    ``index`` counts the statements of the document from 0.
    """

    policy: str = ""
    index: int = 0
    _named: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def names(self, action: str) -> bool:
        """Return whether the statement is about an action; asked again, it is only looked up."""
        known = self._named.get(action)
        if known is None:
            known = self._named[action] = iam_evaluator._action_matches(action, self.actions, self.not_actions)
        return known


Policies = list[list[Statement]]


def remember_where_statements_stand() -> None:
    """Have the evaluator get statements that know their place; reading the same text again costs nothing."""
    iam_evaluator._gather_role_policies = policies_of_role
    iam_evaluator._gather_user_policies = policies_of_user


def policies_of_role(role_name: str, account_id: str) -> Policies:
    """Return the identity policies of a role; none where there is no such role."""
    role = iam._roles.get_scoped(account_id, None, role_name) or {}
    return _read(account_id, role.get("InlinePolicies") or {}, role)


def policies_of_user(user_name: str, account_id: str) -> Policies:
    """Return the identity policies of a user and of the groups that the user is in."""
    user = iam._users.get_scoped(account_id, None, user_name)
    if user is None:
        return []
    found = _read(account_id, iam._user_inline_policies.get(user_name) or {}, user)
    for group_name, group in iam._groups.items():
        if user_name in group.get("Users", []):
            found += _read(account_id, iam._group_inline_policies.get(group_name) or {}, group)
    return found


def boundary_of_role(role_name: str, account_id: str) -> list[Policies]:
    """Return the limits that a role's permissions boundary sets."""
    limits: list[Policies] = iam_evaluator._permissions_boundary(iam._roles, role_name, account_id)
    return limits


def read_documents(documents: Mapping[str, Document]) -> Policies:
    """Read policy documents by their names."""
    return [
        list(_statements(name, document if isinstance(document, str) else json.dumps(document)))
        for name, document in documents.items()
    ]


def fault_of(document: Document) -> str | None:
    """Say what is wrong with a policy document; None where nothing is."""
    fault: str | None = iam_evaluator.validate_policy_document(document)
    if fault is not None:
        return fault
    read = json.loads(document) if isinstance(document, str) else document
    statements = [read["Statement"]] if isinstance(read["Statement"], dict) else read["Statement"]
    for index, statement in enumerate(statements):
        conditions = statement.get("Condition", {})
        if not isinstance(conditions, dict) or not all(isinstance(keys, dict) for keys in conditions.values()):
            return f"Statement {index} has a Condition that is not a JSON object of operators and their keys"
    return None


def _read(account_id: str, inline: Mapping[str, Document], holder: Mapping[str, Any]) -> Policies:
    return [policy for policy in read_documents(dict(_documents(account_id, inline, holder))) if policy]


def _documents(
    account_id: str, inline: Mapping[str, Document], holder: Mapping[str, Any]
) -> Iterator[tuple[str, Document]]:
    yield from inline.items()
    for arn in holder.get("AttachedPolicies", []):
        document = iam_evaluator._resolve_managed_policy_document(arn, account_id)
        if document:
            yield arn, document


@lru_cache(maxsize=512)
def _statements(policy: str, text: str) -> tuple[Statement, ...]:
    try:
        document = json.loads(text)
    except ValueError:
        return ()
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    numbered = enumerate([statements] if isinstance(statements, dict) else statements)
    return tuple(
        Statement(**vars(parsed), policy=policy, index=index)
        for index, statement in numbered
        for parsed in iam_evaluator.parse_policy_document({"Statement": [statement]})
    )
