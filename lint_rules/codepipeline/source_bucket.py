from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, actions
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

BUCKET = "AWS::S3::Bucket"


class SourceBucket(Rule):
    """Source buckets without versions."""

    id = "E9144"
    shortdesc = "The bucket of an S3 source action must have versioning"
    description = (
        "An S3 source action reads a version of its object, and fails in every execution if the bucket keeps none."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            if action.kind and action.kind["source"].endswith("-S3.html"):
                name = action.configuration["S3Bucket"]
                bucket = template.referred(name, BUCKET, name="BucketName")
                status = bucket["VersioningConfiguration"]["Status"] if bucket else None
                if bucket and status is not None and (status.absent or status.text == "Suspended"):
                    yield fault(
                        name, f"{bucket.logical_id} keeps no versions. Set its VersioningConfiguration to Enabled."
                    )
