from collections.abc import Iterator

from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_ALL = {"*", "*:*"}


class EverythingAllowed(PolicyRule):
    """Statements that grant all that they do not name."""

    id = "W9304"
    shortdesc = "What is granted is named"
    description = (
        "Action * on Resource * makes an administrator of whatever has the policy. Allow with NotAction or NotResource "
        "grants all that is not named, IAM and what AWS adds next year included."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            if statement.allows and not statement.is_conditional:
                yield from _boundless(statement)


def _boundless(statement: Statement) -> Iterator[Fault]:
    on_all = any(one.text == "*" for one in statement.resources)
    for action in statement.actions:
        if action.pattern in _ALL and on_all:
            yield fault(action.node, "'*' on '*' grants everything, IAM included. Name the actions that are needed.")
    if statement.node["NotAction"].present and on_all:
        sentence = "Allow with NotAction grants every other action of AWS. Name what is allowed in Action."
        yield fault(statement.node["NotAction"], sentence)
    if statement.node["NotResource"].present:
        sentence = "Allow with NotResource grants it on every other resource. Name the resources in Resource."
        yield fault(statement.node["NotResource"], sentence)
