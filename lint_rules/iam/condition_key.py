from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from aws_facts import facts
from lint_rules.model.authorization import service_rights
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_ALIKE = 0.8


class ConditionKey(PolicyRule):
    """Misspelt condition keys."""

    id = "W9310"
    shortdesc = "A condition key is spelt as AWS spells it"
    description = (
        "A key that no request carries is never equal to anything: a right with such a condition is never given, and "
        "a refusal never made. IAM takes any key without a word."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template):
            for condition in statement.conditions:
                meant = _meant(condition.key)
                if meant:
                    yield fault(condition.node, f"No request carries {condition.key}. Write {meant}.")


def _meant(key: str) -> str:
    """Return the key that a misspelt one stands for; nothing when it may be right."""
    service = key.partition(":")[0].lower()
    stem = key.partition("/")[0].lower()
    known = _keys(service)
    if not known or stem in known:
        return ""
    alike = get_close_matches(stem, known, 1, _ALIKE)
    return known[alike[0]] + key[len(stem) :] if alike else ""


@cache
def _keys(service: str) -> Mapping[str, str]:
    """Give the keys with the prefix ``service``: without what follows a slash, in small letters, to their spelling."""
    given: Any = facts("global_condition_keys")
    keys = [*given["keys"], *given["cross_service"]]
    if service != "aws" and service_rights(service):
        keys += facts(f"authorization/{service}")["keys"]
    stems = {key.partition("/")[0] for key in keys}
    return {stem.lower(): stem for stem in stems if stem.lower().startswith(f"{service}:")}
