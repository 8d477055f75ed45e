"""E9320 and W9328."""

from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View


class SecureTransport(PolicyRule):
    """Conditions on encrypted connections that are the wrong way round."""

    id = "E9320"
    shortdesc = "What is refused is the connection that is not encrypted"
    description = (
        "Deny with aws:SecureTransport true refuses everyone who comes over TLS, which is everyone. To require TLS, "
        "Deny where aws:SecureTransport is false."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template):
            condition = _condition(statement, required=True)
            if condition is not None and statement.denies and len(statement.conditions) == 1:
                yield fault(condition, "All that comes over TLS is refused. Deny where aws:SecureTransport is false.")


class AllowedWithoutTls(PolicyRule):
    """A grant for connections that are not encrypted alone."""

    id = "W9328"
    shortdesc = "What is granted is granted over TLS"
    description = (
        "Allow with aws:SecureTransport false grants to those who come without TLS alone, which SDKs and services "
        "never do: the statement does nothing, and whoever has no other right is refused."
    )
    source_url = SecureTransport.source_url

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template):
            condition = _condition(statement, required=False)
            if condition is not None and statement.allows:
                sentence = "Only what comes without TLS is allowed. Deny where aws:SecureTransport is false instead."
                yield fault(condition, sentence)


def _condition(statement: Statement, *, required: bool) -> Node | None:
    """Return the condition that asks for TLS, or for its absence, alone."""
    condition = statement.condition("aws:SecureTransport")
    if condition is None or condition.base_operator != "Bool":
        return None
    return condition.node if {value.flag for value in condition.values} == {required} else None
