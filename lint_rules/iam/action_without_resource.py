from collections.abc import Iterator, Sequence

from aws_facts import facts
from lint_rules.iam.cross_account import resources_elsewhere
from lint_rules.model.arns import resolved
from lint_rules.model.authorization import Right, rights
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View
from system_model.patterns import WITHIN, overlap

_SEGMENTS = 6
_OPEN = ("*", "?", WITHIN)


class ActionWithoutResource(PolicyRule):
    """Actions on everything that a statement grants on one resource."""

    id = "W9302"
    shortdesc = "An action that takes no resource is granted on *"
    description = (
        "Some actions, as ecr:GetAuthorizationToken, are asked for on no resource but *. A statement that names a "
        "resource never applies to them: docker login is refused although the policy seems to allow it."
    )
    source_url = (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html"
    )

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
