from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.authorization import rights, service_rights
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Condition
from lint_rules.model.template import View


class ConditionOfAction(PolicyRule):
    """Conditions on what the actions of the statement do not carry."""

    id = "W9311"
    shortdesc = "A condition key is one that the actions carry"
    description = (
        "A service's own condition keys come with some of its actions: ecs:cluster with ecs:UpdateService, "
        "iam:PassedToService with iam:PassRole alone. An Allow with a key that none of its actions carry never "
        "applies, and a Deny never refuses."
    )
    source_url = (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html"
    )

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            for condition in statement.conditions:
                if _is_foreign(statement, condition):
                    named = ", ".join(one.pattern for one in statement.actions)
                    yield fault(
                        condition.node,
                        f"{condition.key} does not come with {named}: the statement never applies. "
                        "Take the condition away, or the actions into a statement of their own.",
                    )


def _is_foreign(statement: Statement, condition: Condition) -> bool:
    """Whether it is certain that no action of the statement carries the key, and that its absence is no match."""
    if condition.operator.endswith("IfExists") or condition.base_operator in _MATCH_WITHOUT or not statement.actions:
        return False
    service, stem = condition.key.partition(":")[0].lower(), condition.key.partition("/")[0].lower()
    own = {key.partition("/")[0].lower() for key in _keys(service)}
    if stem not in own or stem in {key.lower() for key in facts("global_condition_keys")["cross_service"]}:
        return False
    meant = [rights(action) for action in statement.actions]
    return all(meant) and not any(_carries(key, stem) for found in meant for right in found for key in right.keys)


_MATCH_WITHOUT = {"Null", "StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike", "StringNotEqualsIgnoreCase"}


def _keys(service: str) -> list[str]:
    return list(facts(f"authorization/{service}")["keys"]) if service_rights(service) else []


def _carries(key: str, stem: str) -> bool:
    return key.partition("/")[0].lower() == stem
