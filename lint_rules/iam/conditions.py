"""Conditions of statements: keys, operators, variables."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from aws_facts import facts
from lint_rules.model.authorization import REFERENCE, rights, service_rights
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, documents, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Condition
from lint_rules.model.template import View

_ALIKE = 0.8


class ConditionKey(PolicyRule):
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
    known = _spellings(service)
    if not known or stem in known:
        return ""
    alike = get_close_matches(stem, known, 1, _ALIKE)
    return known[alike[0]] + key[len(stem) :] if alike else ""


@cache
def _spellings(service: str) -> Mapping[str, str]:
    """Give the keys with the prefix ``service``: without what follows a slash, in small letters, to their spelling."""
    given: Any = facts("global_condition_keys")
    keys = [*given["keys"], *given["cross_service"]]
    if service != "aws" and service_rights(service):
        keys += facts(f"authorization/{service}")["keys"]
    stems = {key.partition("/")[0] for key in keys}
    return {stem.lower(): stem for stem in stems if stem.lower().startswith(f"{service}:")}


class ConditionOfAction(PolicyRule):
    id = "W9311"
    shortdesc = "A condition key is one that the actions carry"
    description = (
        "A service's own condition keys come with some of its actions: ecs:cluster with ecs:UpdateService, "
        "iam:PassedToService with iam:PassRole alone. An Allow with a key that none of its actions carry never "
        "applies, and a Deny never refuses."
    )
    source_url = REFERENCE

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
    own = {key.partition("/")[0].lower() for key in _own_keys(service)}
    if stem not in own or stem in {key.lower() for key in facts("global_condition_keys")["cross_service"]}:
        return False
    meant = [rights(action) for action in statement.actions]
    return all(meant) and not any(_carries(key, stem) for found in meant for right in found for key in right.keys)


_MATCH_WITHOUT = {"Null", "StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike", "StringNotEqualsIgnoreCase"}


def _own_keys(service: str) -> list[str]:
    return list(facts(f"authorization/{service}")["keys"]) if service_rights(service) else []


def _carries(key: str, stem: str) -> bool:
    return key.partition("/")[0].lower() == stem


_EXACT = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}


class ConditionOperator(PolicyRule):
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


_VARIABLE = re.compile(r"\$\{(?:aws|s3|iam|ec2|saml|sts|cognito-identity\.amazonaws\.com):[A-Za-z/-]+\}")


class PolicyVariable(PolicyRule):
    id = "W9316"
    shortdesc = "Policy variables need version 2012-10-17"
    description = (
        "In a policy of version 2008-10-17, which is that of a policy without Version, ${aws:username} is taken as it "
        "is written: it never matches, and no one gets the right."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for document in documents(template):
            if document.version.absent or document.version.text == "2008-10-17":
                for statement in document.statements:
                    for node in _texts(statement):
                        found = _VARIABLE.search(node.pattern or "")
                        if found:
                            yield fault(
                                node, f"{found[0]} is a variable in version 2012-10-17 only. Set Version to it."
                            )


def _texts(statement: Statement) -> Iterator[Node]:
    yield from statement.resources
    for condition in statement.conditions:
        yield from condition.values
