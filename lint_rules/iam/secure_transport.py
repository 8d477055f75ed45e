"""E9320."""

from collections.abc import Iterator

from lint_rules.model.policy import POLICY_BEARERS, Statement, statements
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class SecureTransport(Rule):
    """Conditions on encrypted connections that are the wrong way round."""

    id = "E9320"
    shortdesc = "What is refused is the connection that is not encrypted"
    description = (
        "Deny with aws:SecureTransport true refuses everyone who comes over TLS, which is everyone; Allow with false "
        "grants only to those who do not. To require TLS, Deny where aws:SecureTransport is false."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"
    types = POLICY_BEARERS

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for statement in statements(template):
            condition = statement.condition("aws:SecureTransport")
            if condition is None or condition.base_operator != "Bool":
                continue
            flags = {value.flag for value in condition.values}
            if statement.denies and flags == {True} and _alone(statement):
                yield fault(
                    condition.node, "All that comes over TLS is refused. Deny where aws:SecureTransport is false."
                )
            elif statement.allows and flags == {False}:
                yield fault(
                    condition.node,
                    "Only what comes without TLS is allowed. Deny where aws:SecureTransport is false instead.",
                )


def _alone(statement: Statement) -> bool:
    return len(statement.conditions) == 1
