"""E9302."""

import re
from collections.abc import Iterator

from lint_rules.facts import facts
from lint_rules.model.arns import resolved
from lint_rules.model.authorization import Right, rights
from lint_rules.model.patterns import WITHIN
from lint_rules.model.policy import POLICY_BEARERS, statements
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

_SEGMENTS = 6
_SEPARATOR = re.compile("[/:]")
_OPEN = ("*", "?", WITHIN)


class ActionWithoutResource(Rule):
    """Actions on everything that a statement grants on one resource."""

    id = "E9302"
    shortdesc = "An action that takes no resource is granted on *"
    description = (
        "Some actions, as ecr:GetAuthorizationToken, are asked for on no resource but *. A statement that names a "
        "resource never applies to them: docker login is refused although the policy seems to allow it."
    )
    source_url = (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html"
    )
    types = POLICY_BEARERS

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for statement in statements(template, "identity"):
            resources = [resolved(template, one) for one in statement.resources]
            for action in statement.actions if resources else ():
                meant = rights(action)
                if meant and not any(_may_apply(right, one) for right in meant for one in resources):
                    yield fault(
                        action.node,
                        f"{action.pattern} takes no resource and is refused unless Resource is '*'. "
                        "Grant it in a statement of its own, on '*'.",
                    )


def _may_apply(right: Right, resource: str) -> bool:
    """Whether ``resource`` covers ``*``; services ask for some such actions on ``...:*`` or ``...:kind/*`` instead."""
    if right.types or resource == "*":
        return True
    parts = resource.split(":", _SEGMENTS - 1)
    if len(parts) < _SEGMENTS:
        return any(sign in resource for sign in _OPEN)
    service, tail = parts[2], parts[-1]
    if service not in {right.name.partition(":")[0], *_OPEN} or right.name in facts("resource_forms")["only_all"]:
        return False
    return _SEPARATOR.split(tail, 1)[-1].startswith(_OPEN)
