from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Condition
from lint_rules.model.template import View

_EXACT = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}


class ConditionOperator(PolicyRule):
    """Comparisons that cannot come out as meant."""

    id = "W9312"
    shortdesc = "A condition compares as its key and value need it"
    description = (
        "StringEquals takes * as a star, so that a pattern never matches; StringLike and the Arn operators read it as "
        "any text. Numbers, dates and addresses have operators of their own, and compared otherwise are refused or "
        "never match."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template):
            for condition in statement.conditions:
                yield from _literal_stars(condition)
                yield from _other_type(condition)


def _literal_stars(condition: Condition) -> Iterator[Fault]:
    meant = _EXACT.get(condition.base_operator)
    for value in condition.values if meant else ():
        if "*" in (value.pattern or "").replace("${*}", ""):
            yield fault(
                value,
                f"{condition.operator} compares {condition.key} with a star, which is not a pattern here. "
                f"Use {meant} for {value.pattern}.",
            )


def _other_type(condition: Condition) -> Iterator[Fault]:
    kind = facts("global_condition_keys")["keys"].get(condition.key)
    allowed = facts("condition_operators")["operators"].get(kind)
    if allowed and condition.base_operator not in allowed and not _as_text(condition, kind):
        first = " or ".join(allowed[:2])
        yield fault(
            condition.node, f"{condition.key} is not a text: {condition.operator} does not fit it. Use {first}."
        )


def _as_text(condition: Condition, kind: str) -> bool:
    """Whether the comparison, though it is one of text, works: true and false are written one way."""
    return kind == "Bool" and condition.base_operator in {"StringEquals", "StringEqualsIgnoreCase", "StringLike"}
