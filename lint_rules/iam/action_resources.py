"""Actions and resources of a statement that do not go together."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aws_facts import facts
from lint_rules.model.arns import resolved
from lint_rules.model.authorization import REFERENCE, Right, rights
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Action
from lint_rules.model.template import View
from system_model.patterns import WITHIN, overlap


def resources_elsewhere(template: View, statement: Statement, name: str) -> Iterator[str]:
    """Return the resources for which other statements of the same policy and effect name the action ``name``."""
    for other in statement.document.statements:
        alike = (other.allows, other.denies) == (statement.allows, statement.denies)
        if other.node.path != statement.node.path and alike and other.action(name) is not None:
            yield from (resolved(template, one) for one in other.resources)


_AN_ARN = "arn:"
_KINDS_NAMED = 2
"""So many kinds of resources are named in a message."""


class ActionAndResource(PolicyRule):
    id = "W9301"
    shortdesc = "An action is listed with resources of a kind it takes"
    description = (
        "An action is asked for on a resource of one kind: s3:GetObject on an object, s3:ListBucket on a bucket, "
        "kms:Decrypt on a key and never on an alias. Where no Resource of the statement is of that kind, the statement "
        "never applies to the action: what it grants is refused all the same, and what it denies is not denied."
    )
    source_url = REFERENCE

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity", "resource"):
            resources = [resolved(template, one) for one in statement.resources]
            if resources and all(one.startswith(_AN_ARN) for one in resources):
                yield from _unused(template, statement, resources)


def _unused(template: View, statement: Statement, resources: Sequence[str]) -> Iterator[Fault]:
    for action in statement.actions:
        meant = [right for right in rights(action) if right.types]
        if meant and len(meant) == len(rights(action)) and not any(_fits(right, resources) for right in meant):
            elsewhere = ((right, resources_elsewhere(template, statement, right.name)) for right in meant)
            if not any(_fits(right, others) for right, others in elsewhere):
                yield fault(action.node, _never_applies(action, meant[0], statement))


def _fits(right: Right, resources: Iterable[str]) -> bool:
    return any(right.takes(resource) for resource in resources)


def _never_applies(action: Action, right: Right, statement: Statement) -> str:
    given = ", ".join(one.pattern or "?" for one in statement.resources)
    taken = " or ".join(sorted(right.arns, key=len)[:_KINDS_NAMED])
    return f"{action.pattern} never applies to {given}: it takes {taken}. Name such a resource for it."


_SEGMENTS = 6
_OPEN = ("*", "?", WITHIN)


class ActionWithoutResource(PolicyRule):
    id = "W9302"
    shortdesc = "An action that takes no resource is granted on *"
    description = (
        "Some actions, as ecr:GetAuthorizationToken, are asked for on no resource but *. A statement that names a "
        "resource never applies to them: docker login is refused although the policy seems to allow it."
    )
    source_url = REFERENCE

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            resources = [resolved(template, one) for one in statement.resources]
            for action in statement.actions if resources else ():
                meant = rights(action)
                if meant and not any(_applies(template, statement, right, resources) for right in meant):
                    yield fault(
                        action.node,
                        f"{action.pattern} takes no resource and is refused unless Resource is '*'. "
                        "Grant it in a statement of its own, on '*'.",
                    )


def _applies(template: View, statement: Statement, right: Right, resources: Sequence[str]) -> bool:
    if any(_may_apply(right, one) for one in resources):
        return True
    return any(_may_apply(right, one) for one in resources_elsewhere(template, statement, right.name))


def _may_apply(right: Right, resource: str) -> bool:
    """Whether a request for ``right`` may fit ``resource``.

    The reference lists actions without a resource that services ask for on one all the same, of their own kind.
    """
    if right.types or resource == "*":
        return True
    parts = resource.split(":", _SEGMENTS - 1)
    if len(parts) < _SEGMENTS:
        return any(sign in resource for sign in _OPEN)
    if parts[2] not in {right.name.partition(":")[0], *_OPEN}:
        return False
    return not any(overlap(right.name, action) for action in facts("resource_forms")["only_all"])


_ACTIONS_NAMED = 3
"""So many actions are named in a message."""


class WildcardResource(PolicyRule):
    id = "W9303"
    shortdesc = "Rights are granted on the resources they are needed for"
    description = (
        "Resource * lets whoever has the role change, read or delete what belongs to others in the account: a build "
        "that pushes to one repository can overwrite the images of all. The actions reported take the ARN of a "
        "resource, or a pattern of it."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            everything = next((one for one in statement.resources if one.text == "*"), None)
            if everything is None or not statement.allows or statement.is_conditional:
                continue
            wide = [one.pattern for one in statement.actions if any(_could_be_named(right) for right in rights(one))]
            if wide:
                yield fault(everything, _too_wide(wide, statement))


def _could_be_named(right: Right) -> bool:
    known: Any = facts("wildcard_resource")
    if not right.types or right.name in known["except"]:
        return False
    service = right.name.partition(":")[0]
    return right.name in known["actions"] or (service in known["services"] and "Write" in right.level)


def _too_wide(wide: list[str], statement: Statement) -> str:
    named = ", ".join(wide[:_ACTIONS_NAMED]) + (
        f" and {len(wide) - _ACTIONS_NAMED} more" if len(wide) > _ACTIONS_NAMED else ""
    )
    rest = " Keep '*' in a statement of the others." if len(wide) < len(statement.actions) else ""
    return f"'*' grants {named} on every resource of the account. Name the ARNs that are needed.{rest}"
