from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, documents
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_LISTS = ("Action", "NotAction", "Resource", "NotResource")


class NothingNamed(PolicyRule):
    """Lists of a policy that are empty, or are so when a condition is not met."""

    id = "E9315"
    shortdesc = "A statement names actions and resources"
    description = (
        "IAM refuses a policy without statements, and a statement whose actions or resources are an empty list "
        "(Policy statement must contain resources). With Fn::If and AWS::NoValue it happens in one environment only."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for document in documents(template):
            if _is_empty(document.node["Statement"]):
                yield fault(
                    document.node["Statement"], "The policy has no statement. Add one, or leave the policy out."
                )
            for statement in document.statements:
                for name in _LISTS:
                    if _is_empty(statement.node[name]) and not _is_told_already(statement.node[name], name):
                        yield fault(
                            statement.node[name],
                            f"The statement has no {name} in it. Name one, or leave the statement out.",
                        )


def _is_told_already(node: Node, name: str) -> bool:
    """Whether cfn-lint itself refuses the list: one of actions with nothing in it, whatever the conditions."""
    return name.endswith("Action") and node.value == []


def _is_empty(node: Node) -> bool:
    return isinstance(node.value, list) and not node.items
