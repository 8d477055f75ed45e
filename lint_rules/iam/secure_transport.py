"""Buckets that are reached by TLS alone."""

from collections.abc import Iterator

from lint_rules.model.arns import resolved
from lint_rules.model.authorization import service_rights
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, documents, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View


class SecureTransport(PolicyRule):
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


_ALL = {"*", "s3:*"}


class SecureTransportInPart(PolicyRule):
    id = "W9325"
    shortdesc = "TLS is required for a bucket's objects too"
    description = (
        "A bucket and its objects are different resources: a Deny without TLS on the bucket alone lets the objects be "
        "read and written in the clear."
    )
    source_url = "https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for document in documents(template, "resource"):
            requiring = [one for one in document.statements if _requires_tls(one)]
            resources = [resolved(template, one) for statement in requiring for one in statement.resources]
            if document.bearer.type != "AWS::S3::BucketPolicy" or not resources:
                continue
            if not any(service_rights("s3")["getobject"].takes(one) for one in resources):
                yield fault(
                    requiring[0].node["Resource"],
                    "TLS is required for the bucket, but not for its objects. Name the bucket's ARN/* in Resource too.",
                )


def _requires_tls(statement: Statement) -> bool:
    condition = statement.condition("aws:SecureTransport")
    return (
        statement.denies
        and condition is not None
        and {value.flag for value in condition.values} == {False}
        and any(one.pattern in _ALL for one in statement.actions)
    )
