from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, statements, trust_of
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_MORE = {"*", "*:*", "iam:*"}
"""What grants more than passing a role: other rules speak of it."""


class PassRole(PolicyRule):
    """The right to pass a role to any service that the role trusts."""

    id = "W9306"
    shortdesc = "iam:PassRole names the service that the role is passed to"
    description = (
        "Without a condition on iam:PassedToService a role may be handed to every service that it trusts, also to one "
        "that it was never meant for. Roles of the same template that trust one service alone need no condition."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            passing = statement.action("iam:PassRole")
            if passing is None or passing.pattern.lower() in _MORE or not statement.allows:
                continue
            if not statement.is_conditional and not _trusted_once(template, statement):
                yield fault(
                    passing.node,
                    f"{passing.pattern} passes the role to any service that it trusts. Add a condition, "
                    "StringEquals iam:PassedToService, with the service that is meant.",
                )


def _trusted_once(template: View, statement: Statement) -> bool:
    """Whether all roles that may be passed are the template's own, and each trusts one service."""
    return bool(statement.resources) and all(_services(template, one) == 1 for one in statement.resources)


def _services(template: View, resource: Node) -> int:
    """Count the services that a role trusts; 0 when it is not known which."""
    role = template.all_resources.get(resource.target or "")
    trusting = trust_of(role).statements if role is not None else ()
    named = [principal for one in trusting if one.allows for principal in one.principals]
    return len(named) if all(one.kind == "Service" for one in named) else 0
