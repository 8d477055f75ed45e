from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_BEARERS = {"AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"}


class ServiceWithoutSource(PolicyRule):
    """Buckets, topics and queues that a service may use for anyone's account."""

    id = "W9308"
    shortdesc = "A service is allowed only on behalf of known resources"
    description = (
        "A policy that names only a service allows it on behalf of every customer of AWS: anyone's topic can "
        "fill the queue, anyone's trail the bucket. The services listed say in aws:SourceArn or aws:SourceAccount "
        "whom they act for."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "resource"):
            if statement.document.bearer.type not in _BEARERS or not statement.allows or statement.is_conditional:
                continue
            for principal in statement.principals:
                page = facts("confused_deputy")["resource"].get(principal.node.pattern)
                if principal.kind == "Service" and page:
                    yield fault(
                        principal.node,
                        f"{principal.node.pattern} is allowed on behalf of any account. Add a condition on "
                        f"aws:SourceArn or aws:SourceAccount ({page}).",
                    )
