"""The buckets that access logs are written to."""

from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.resource_policy import may_allow, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


def log_destinations(template: View) -> Iterator[Node]:
    """Return what names the bucket, for each bucket and load balancer that writes access logs."""
    yield from bucket_destinations(template)
    for balancer in template.resources(LOAD_BALANCER):
        attributes = {one["Key"].text: one["Value"] for one in balancer["LoadBalancerAttributes"].items}
        enabled = attributes.get("access_logs.s3.enabled")
        if "access_logs.s3.bucket" in attributes and enabled is not None and enabled.flag:
            yield attributes["access_logs.s3.bucket"]


def bucket_destinations(template: View) -> Iterator[Node]:
    """Return what names the bucket, for each bucket that writes access logs."""
    for bucket in template.resources("AWS::S3::Bucket"):
        if bucket["LoggingConfiguration"]["DestinationBucketName"].present:
            yield bucket["LoggingConfiguration"]["DestinationBucketName"]


class LogBucketEncryption(Rule):
    id = "E9414"
    shortdesc = "Access logs go to a bucket that S3 itself encrypts"
    description = (
        "The services that write access logs of buckets and load balancers hold no right to a KMS key: a "
        "bucket whose default encryption uses one gets no logs."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"
    types = ("AWS::S3::Bucket", LOAD_BALANCER)

    def faults(self, template: View) -> Iterator[Fault]:
        for place in log_destinations(template):
            bucket = template.referred(place, "AWS::S3::Bucket", name="BucketName")
            for rule in bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"].items if bucket else ():
                algorithm = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
                if algorithm.text is not None and algorithm.text.startswith("aws:kms"):
                    yield fault(
                        algorithm, f"Access logs are not delivered to a bucket of {algorithm.text}. Use AES256."
                    )


BUCKET = ("AWS::S3::Bucket",)


class LogBucketPermission(Rule):
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
