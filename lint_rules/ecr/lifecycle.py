"""What a registry refuses in the text of a lifecycle policy."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws_facts import facts
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource, mapping


def mistakes(text: str) -> Iterator[str]:
    """Say what is wrong with the policy ``text``, a sentence or two each, with the remedy."""
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield f"it is not JSON ({error}). Correct the text."
        return
    rules = policy.get("rules") if isinstance(policy, Mapping) else None
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, Mapping) for rule in rules):
        yield "it needs a list of rules under the key rules. Add it."
        return
    for number, rule in enumerate(rules, 1):
        for mistake in _rule(rule):
            yield f"rule {number} {mistake}"
    yield from _together(rules)


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    known = facts("ecr")["lifecycle"]
    for key in rule.keys() - set(known["rule"]):
        yield f"has the unknown key {key}. Allowed are {', '.join(known['rule'])}."
    if not _is_count(rule.get("rulePriority")):
        yield "needs a rulePriority, a whole number from 1. Add it."
    kind = mapping(rule.get("action")).get("type")
    if kind not in known["actions"]:
        yield f"needs an action of type {' or '.join(known['actions'])}. Add it."
    selection = mapping(rule.get("selection"))
    for key in selection.keys() - set(known["selection"]):
        yield f"has the unknown key {key} in its selection. Allowed are {', '.join(known['selection'])}."
    yield from _tags(selection, known)
    yield from _count(selection, known)


def _tags(selection: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    status = selection.get("tagStatus")
    lists = [key for key in ("tagPrefixList", "tagPatternList") if selection.get(key)]
    if status not in known["tag_status"]:
        yield f"needs a tagStatus in its selection: {', '.join(known['tag_status'])}. Add it."
    elif status == "tagged" and len(lists) != 1:
        yield "selects tagged images, and needs either a tagPrefixList or a tagPatternList. Give one of them."
    elif status != "tagged" and lists:
        yield f"has a {lists[0]}, which only tagStatus tagged takes. Leave it out, or select tagged images."


def _count(selection: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    kind, unit = selection.get("countType"), selection.get("countUnit")
    if kind not in known["count_types"]:
        yield f"needs a countType in its selection: {', '.join(known['count_types'])}. Add it."
    elif known["count_types"][kind] and unit not in known["count_types"][kind]:
        yield f"counts {kind}, and needs countUnit {' or '.join(known['count_types'][kind])}. Add it."
    elif not known["count_types"][kind] and unit is not None:
        yield f"counts {kind}, which takes no countUnit. Leave it out."
    if not _is_count(selection.get("countNumber")):
        yield "needs a countNumber in its selection, a whole number from 1. Add it."


def _together(rules: list[Mapping[str, Any]]) -> Iterator[str]:
    """Say what is wrong with rules that are right one by one."""
    priorities = [int(rule["rulePriority"]) for rule in rules if _is_count(rule.get("rulePriority"))]
    for twice in sorted({one for one in priorities if priorities.count(one) > 1}):
        yield f"two rules have the priority {twice}. Give each its own."
    by_status: dict[tuple[str, str], list[Any]] = {}
    for rule in rules:
        selection = mapping(rule.get("selection"))
        place = str(selection.get("tagStatus")), str(selection.get("storageClass", "standard"))
        by_status.setdefault(place, []).append(rule.get("rulePriority"))
    for (status, _), found in by_status.items():
        if status in {"untagged", "any"} and len(found) > 1 and _expiring(rules, status) > 1:
            yield f"two rules select the images of tagStatus {status}. Keep one of them."
        if status == "any" and len(found) == 1 and len(priorities) == len(rules) and found[0] != max(priorities):
            yield "the rule of tagStatus any needs the highest rulePriority, to be evaluated last. Raise it."


def _expiring(rules: list[Mapping[str, Any]], status: str) -> int:
    """Count the rules of ``status`` that delete."""
    chosen = (rule for rule in rules if mapping(rule.get("selection")).get("tagStatus") == status)
    return sum(mapping(rule.get("action")).get("type") == "expire" for rule in chosen)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


class LifecycleText(ResourceRule):
    id = "E9401"
    shortdesc = "A lifecycle policy is valid JSON with valid rules"
    description = (
        "The policy is a text inside the template. PutLifecyclePolicy refuses one that is not JSON, whose "
        "rules share a priority, or whose selections lack what their kind needs."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"
    types = ("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate")

    def faults_of(self, repository: Resource) -> Iterator[Fault]:
        text = repository["LifecyclePolicy"]
        text = text["LifecyclePolicyText"] if text["LifecyclePolicyText"].present else text
        if text.text is not None:
            for mistake in mistakes(text.text):
                yield fault(text, f"The lifecycle policy is refused: {mistake}")
