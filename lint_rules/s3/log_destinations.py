"""The buckets that access logs are written to."""

from collections.abc import Iterator

from lint_rules.model.node import Node
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
