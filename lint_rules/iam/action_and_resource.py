from collections.abc import Iterable, Iterator, Sequence

from lint_rules.iam.cross_account import resources_elsewhere
from lint_rules.model.arns import resolved
from lint_rules.model.authorization import Right, rights
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Action
from lint_rules.model.template import View

_AN_ARN = "arn:"
_NAMED = 2
"""So many kinds of resources are named in a message."""


class ActionAndResource(PolicyRule):
    """Actions that none of their statement's resources can be acted on with."""

    id = "W9301"
    shortdesc = "An action is listed with resources of a kind it takes"
    description = (
        "An action is asked for on a resource of one kind: s3:GetObject on an object, s3:ListBucket on a bucket, "
        "kms:Decrypt on a key and never on an alias. Where no Resource of the statement is of that kind, the statement "
        "never applies to the action: what it grants is refused all the same, and what it denies is not denied."
    )
    source_url = (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html"
    )

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
                yield fault(action.node, _sentence(action, meant[0], statement))


def _fits(right: Right, resources: Iterable[str]) -> bool:
    return any(right.takes(resource) for resource in resources)


def _sentence(action: Action, right: Right, statement: Statement) -> str:
    given = ", ".join(one.pattern or "?" for one in statement.resources)
    taken = " or ".join(sorted(right.arns, key=len)[:_NAMED])
    return f"{action.pattern} never applies to {given}: it takes {taken}. Name such a resource for it."
