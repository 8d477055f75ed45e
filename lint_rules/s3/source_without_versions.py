"""E9413."""

from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class SourceWithoutVersions(Rule):
    """A bucket that a pipeline watches and that keeps no versions."""

    id = "E9413"
    shortdesc = "A pipeline's source bucket keeps versions"
    description = (
        "A source action names the version of the object that it took. On a bucket without versioning it fails."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html"
    types = ("AWS::CodePipeline::Pipeline",)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for pipeline in template.resources("AWS::CodePipeline::Pipeline"):
            for stage in pipeline["Stages"].items:
                for action in stage["Actions"].items:
                    kind, place = action["ActionTypeId"], action["Configuration"]["S3Bucket"]
                    if (kind["Category"].text, kind["Provider"].text) != ("Source", "S3"):
                        continue
                    bucket = template.referred(place, "AWS::S3::Bucket", name="BucketName")
                    if bucket and _keeps_none(bucket["VersioningConfiguration"]):
                        yield fault(
                            bucket["VersioningConfiguration"]["Status"],
                            f"{action['Name'].text or 'An action'} takes its source here, and no versions are kept. "
                            "Set the Status of VersioningConfiguration to Enabled.",
                        )


def _keeps_none(versioning: Node) -> bool:
    return versioning.absent or versioning["Status"].text == "Suspended"
