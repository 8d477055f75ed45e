from collections.abc import Iterator

from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.s3.log_destinations import LOAD_BALANCER, log_destinations


class LogBucketEncryption(Rule):
    """A bucket for access logs that its writers can't encrypt to."""

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
