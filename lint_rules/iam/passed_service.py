from collections.abc import Iterator

from lint_rules.model.policy import PolicyRule, Statement, statements, trust_of
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource, View


class PassedService(PolicyRule):
    """Roles that may be passed to services alone that they do not trust."""

    id = "E9324"
    shortdesc = "A role may be passed to a service that it trusts"
    description = (
        "iam:PassRole with a condition on iam:PassedToService lets the role be handed to those services. If the role "
        "trusts none of them, the service that needs it cannot be given it: tasks of ECS are ecs-tasks.amazonaws.com, "
        "not ecs.amazonaws.com."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            condition = statement.condition("iam:PassedToService")
            if condition is None or condition.base_operator != "StringEquals" or not statement.allows:
                continue
            passed = {value.text for value in condition.values}
            for value in condition.values:
                if value.text and "." not in value.text:
                    yield fault(value, f"No service is called {value.text}. Write {value.text}.amazonaws.com.")
            trusted = _trusted(template, statement)
            if passed and all("." in (one or "") for one in passed) and trusted and not passed & trusted:
                named = " or ".join(sorted(trusted))
                yield fault(
                    condition.node,
                    f"The roles of this statement trust {named}, and may be passed to "
                    f"{', '.join(sorted(filter(None, passed)))} alone. Name the service that they trust.",
                )


def _trusted(template: View, statement: Statement) -> set[str]:
    """Return the services that the roles trust; none if not all roles are the template's own, or it is not known."""
    found: set[str] = set()
    for resource in statement.resources:
        role = template.all_resources.get(resource.target or "")
        services = _services(role) if role is not None else set()
        if not services:
            return set()
        found |= services
    return found


def _services(role: Resource) -> set[str]:
    principals = [who for one in trust_of(role).statements for who in one.principals]
    if not all(who.kind == "Service" and who.node.text for who in principals):
        return set()
    return {str(who.node.text) for who in principals}
