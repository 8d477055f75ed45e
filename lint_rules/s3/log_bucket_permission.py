from collections.abc import Iterator

from lint_rules.model.resource_policy import may_allow, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.s3.log_destinations import bucket_destinations

BUCKET = ("AWS::S3::Bucket",)


class LogBucketPermission(Rule):
    """A bucket for access logs that nobody may write to."""

    id = "W9415"
    shortdesc = "A bucket for access logs lets S3 write to it"
    description = (
        "S3 delivers access logs as logging.s3.amazonaws.com, and drops them without a word when neither the "
        "policy of the bucket nor its access control list lets it."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"
    types = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")

    def faults(self, template: View) -> Iterator[Fault]:
        for place in bucket_destinations(template):
            bucket = template.referred(place, "AWS::S3::Bucket", name="BucketName")
            if bucket is None or bucket["AccessControl"].present:
                continue
            bears = template.resources("AWS::S3::BucketPolicy")
            bearer = next(
                (one for one in bears if template.referred(one["Bucket"], *BUCKET, name="BucketName") == bucket), None
            )
            policy = policy_of(template, bearer)
            if not may_allow(policy, "logging.s3.amazonaws.com", "s3:PutObject"):
                yield fault(
                    policy.node["Statement"] if policy else bucket.node,
                    "Access logs are not delivered here. Allow logging.s3.amazonaws.com s3:PutObject in its policy.",
                )
