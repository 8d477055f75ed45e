"""E9416."""

from collections.abc import Iterator

from lint_rules.model.policy import POLICY_BEARERS, statements
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class EncryptedTransportDenied(Rule):
    """A policy that denies requests which are encrypted."""

    id = "E9416"
    shortdesc = "The condition on encrypted transport denies requests without it"
    description = (
        "To insist on TLS, a policy denies what comes with aws:SecureTransport false. With true it denies "
        "every request that is encrypted: all that AWS's own tools and services send."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"
    types = POLICY_BEARERS

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for statement in statements(template, "resource"):
            test = statement.condition("aws:SecureTransport") if statement.denies else None
            if test is not None and test.base_operator == "Bool":
                for value in test.values:
                    if value.flag:
                        yield fault(
                            value, "This denies every encrypted request. Deny where aws:SecureTransport is false."
                        )
