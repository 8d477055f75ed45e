from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, documents
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_DEEPEST = 12
_QUOTES = 2


class PolicySize(PolicyRule):
    id = "E9317"
    shortdesc = "Policies are as short as IAM wants them"
    description = (
        "IAM counts the characters of a policy without white space: those of all inline policies of a role together, "
        "and refuses what is longer (LimitExceeded). What only the deployment knows is counted as nothing here."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for bearer in template.resources(*facts("policy_sizes")["limits"]):
            for kind, limit in facts("policy_sizes")["limits"][bearer.type].items():
                borne = [one for one in documents(template, kind) if one.bearer.logical_id == bearer.logical_id]
                size = sum(_size(one.node, _DEEPEST) for one in borne)
                if size > limit:
                    at = borne[0].node if kind == "trust" or len(borne) == 1 else bearer["Policies"]
                    yield fault(
                        at,
                        f"The policies have {size} characters or more, and {limit} are allowed. Name resources by "
                        "patterns, or move statements to managed policies.",
                    )


def _size(node: Node, depth: int) -> int:
    """Count the characters that ``node`` has at least."""
    if isinstance(node.value, list) and depth:
        items = node.items
        return len(items) + 1 + sum(_size(one, depth - 1) for one in items)
    if node.pattern is not None or not depth:
        known = "".join(part.rpartition("}")[2] for part in ("}" + (node.pattern or "")).split("${"))
        return len(known) + _QUOTES
    entries = list(node.entries)
    return len(entries) + 1 + sum(len(key) + _QUOTES + 1 + _size(value, depth - 1) for key, value in entries)
