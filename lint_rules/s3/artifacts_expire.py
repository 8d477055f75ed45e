from collections.abc import Iterator

from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

_APPROVAL_DAYS = 7


class ArtifactsExpire(Rule):
    """Artifacts that are gone before the release is over."""

    id = "W9412"
    shortdesc = "Artifacts outlive an approval"
    description = (
        "An approval waits seven days. When the bucket has deleted the artifacts meanwhile, the actions after "
        "it fail, and so does every later retry and roll-back of that execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html"
    types = ("AWS::CodePipeline::Pipeline",)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in template.resources("AWS::CodePipeline::Pipeline"):
            stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
            for store in stores:
                bucket = template.referred(store["Location"], "AWS::S3::Bucket", name="BucketName")
                for rule in bucket["LifecycleConfiguration"]["Rules"].items if bucket else ():
                    days = rule["ExpirationInDays"].number
                    everything = rule["Prefix"].absent and rule["TagFilters"].absent
                    if rule["Status"].text == "Enabled" and everything and days is not None and days < _APPROVAL_DAYS:
                        yield fault(
                            rule["ExpirationInDays"],
                            f"Artifacts expire after {days} days, an approval waits {_APPROVAL_DAYS}. Keep them.",
                        )
