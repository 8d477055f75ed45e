"""How long objects are kept."""

from collections.abc import Collection, Iterator, Mapping

from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View

_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_SOONEST = 30
_ACTIONS = (
    "AbortIncompleteMultipartUpload",
    "ExpirationDate",
    "ExpirationInDays",
    "ExpiredObjectDeleteMarker",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
    "Transition",
    "Transitions",
)
_KEYS = {*_ACTIONS, "Id", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "Status", "TagFilters"}
"""Of a rule: one with another may have meant an action, and E3002 says so."""


class LifecycleRules(ResourceRule):
    id = "E9411"
    shortdesc = "A lifecycle rule does something, in an order that is possible"
    description = (
        "PutBucketLifecycleConfiguration refuses a rule without an action, an expiration that does not follow "
        "the transitions, a move to infrequent access before 30 days, and actions that can't be filtered by "
        "tags."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"
    types = ("AWS::S3::Bucket",)

    def faults_of(self, bucket: Resource) -> Iterator[Fault]:
        for rule in bucket["LifecycleConfiguration"]["Rules"].items:
            if isinstance(rule.value, Mapping) and not rule.function:
                yield from _rule(rule, rule.value)


def _rule(rule: Node, keys: Collection[object]) -> Iterator[Fault]:
    if all(rule[name].absent for name in _ACTIONS) and _KEYS.issuperset(keys):
        yield fault(rule, "The rule does nothing. Add an action, as ExpirationInDays.")
    transitions = [*rule["Transitions"].items, *([rule["Transition"]] if rule["Transition"].present else [])]
    days = rule["ExpirationInDays"].number
    for transition in transitions:
        after, kind = transition["TransitionInDays"].number, transition["StorageClass"].text
        if after is not None and kind in _INFREQUENT and after < _SOONEST:
            yield fault(
                transition["TransitionInDays"],
                f"Objects move to {kind} after {_SOONEST} days at the soonest, not after {after}. Raise it.",
            )
        if after is not None and days is not None and days <= after:
            yield fault(
                rule["ExpirationInDays"],
                f"Objects expire after {days} days, and move to {kind} after {after}. Expire them later.",
            )
    if days is not None and rule["ExpirationDate"].present:
        yield fault(rule["ExpirationDate"], "A rule has one expiration: in days, or at a date. Drop one of them.")
    if rule["TagFilters"].items:
        for name in ("AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"):
            if rule[name].present and rule[name].flag is not False:
                yield fault(rule[name], f"{name} can't be filtered by tags. Give it a rule of its own.")


_APPROVAL_DAYS = 7


class ArtifactsExpire(Rule):
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
