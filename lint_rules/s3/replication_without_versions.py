from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ReplicationWithoutVersions(ResourceRule):
    id = "E9417"
    shortdesc = "A bucket that is replicated keeps versions"
    description = "PutBucketReplication is refused on a bucket whose versioning is not enabled."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"
    types = ("AWS::S3::Bucket",)

    def faults_of(self, bucket: Resource) -> Iterator[Fault]:
        versions = bucket["VersioningConfiguration"]
        if bucket["ReplicationConfiguration"].present and (versions.absent or versions["Status"].text == "Suspended"):
            yield fault(
                bucket["ReplicationConfiguration"],
                "A bucket is replicated by its versions. Set the Status of VersioningConfiguration to Enabled.",
            )
