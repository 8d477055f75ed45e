from collections.abc import Iterator

from lint_rules.model.arns import resolved
from lint_rules.model.authorization import service_rights
from lint_rules.model.policy import PolicyRule, Statement, documents
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_ALL = {"*", "s3:*"}


class SecureTransportInPart(PolicyRule):
    """Encrypted connections that are required for a bucket without its objects."""

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
