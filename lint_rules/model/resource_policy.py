"""What the policy on a resource (a key, a topic, a bucket) lets a service do."""

from collections.abc import Mapping

from lint_rules.model.policy import Document, Statement, documents
from lint_rules.model.statement_parts import Principal
from lint_rules.model.template import Resource, View


def policy_of(template: View, bearer: Resource | None) -> Document | None:
    """Return the policy that ``bearer``, a resource of its own or the one that is acted on, bears."""
    found = (one for one in documents(template, "resource") if bearer and one.bearer.logical_id == bearer.logical_id)
    return next(found, None)


def may_allow(policy: Document | None, service: str, action: str) -> bool:
    """Whether a statement lets ``service`` (``events.amazonaws.com``) do ``action``, or can't be told not to."""
    if policy is None:
        return False
    if not is_readable(policy):
        return True
    allowing = (one for one in policy.statements if one.allows and may_name(one, action))
    return any(_may_be(principal, service) for statement in allowing for principal in statement.principals)


def is_readable(policy: Document) -> bool:
    """Whether the policy says in this template whom it lets do what."""
    node = policy.node
    if not isinstance(node.value, Mapping) or node.function or node["Statement"].function:
        return False
    inverse = ("NotPrincipal", "NotAction")
    return not any(one.node.function or any(one.node[name].present for name in inverse) for one in policy.statements)


def may_name(statement: Statement, action: str) -> bool:
    """Whether the statement is about ``action``, or can't be told not to be."""
    known = all("${" not in one.pattern for one in statement.actions)
    return not known or statement.action(action) is not None


def _may_be(principal: Principal, service: str) -> bool:
    pattern = principal.node.pattern
    if pattern is None or principal.is_anyone or (pattern.startswith("${") and not pattern.startswith("${AWS::")):
        return True
    # logs.eu-west-1.amazonaws.com and events.${AWS::URLSuffix} are the services of one region or partition.
    name = pattern.partition(".")[0]
    return principal.kind == "Service" and ("${" in name or name == service.partition(".")[0])
