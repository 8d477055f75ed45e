from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource, View
from system_model.patterns import opened, overlap

_BUCKET = "AWS::S3::Bucket"
_SIGNS = ("*", "?", "$")


class OtherBucket(PolicyRule):
    """Bucket policies about another bucket than theirs."""

    id = "E9319"
    shortdesc = "A bucket's policy is about that bucket"
    description = "S3 refuses a bucket policy with a Resource of another bucket (Policy has invalid resource)."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-resources.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "resource"):
            bearer = statement.document.bearer
            if bearer.type != "AWS::S3::BucketPolicy":
                continue
            own = _names(template, bearer["Bucket"].pattern or "")
            for resource in statement.resources:
                other = _names(template, _bucket_of(resource))
                if (own and other and not own & other and _is_certain(own, other)) or _differ(
                    template, bearer, resource
                ):
                    yield fault(
                        resource,
                        f"{resource.pattern} is not of the bucket {bearer['Bucket'].pattern}, whose policy this is. "
                        "Name that bucket, or its objects.",
                    )


def _differ(template: View, bearer: Resource, resource: Node) -> bool:
    """Whether a name that the template gives in part can't be the one that the policy gives."""
    made = template.referred(bearer["Bucket"], _BUCKET)
    bucket = (made["BucketName"] if made else bearer["Bucket"]).pattern or ""
    named = _bucket_of(resource)
    return (
        "${" in bucket + named
        and all(text and not text.startswith("${") for text in (bucket, named))
        and not overlap(opened(bucket), opened(named))
    )


def _bucket_of(resource: Node) -> str:
    """Return the bucket's part of an ARN: its name, or ``${LogicalId.Arn}``."""
    pattern = resource.pattern or ""
    head, colons, name = pattern.partition(":::")
    if not colons:
        return pattern.partition("/")[0]
    return name.partition("/")[0] if head.endswith(":s3") else ""


def _names(template: View, text: str) -> set[str]:
    """Return all that is known to name the same bucket as ``text``: its logical id, and its name; nothing if unsure."""
    inner = text.removeprefix("${").removesuffix("}").removesuffix(".Arn")
    resource = template.all_resources.get(inner) if text in {f"${{{inner}}}", f"${{{inner}.Arn}}"} else None
    if resource is not None and resource.type == _BUCKET:
        name = resource["BucketName"].text
        return {f"${{{inner}}}", *((name,) if name else ())}
    if not text or any(sign in text for sign in _SIGNS) or text.startswith("arn:"):
        return set()
    return {text}


def _is_certain(own: set[str], other: set[str]) -> bool:
    """Whether both are buckets of the template, or the names of both are known."""
    references = [any(name.startswith("$") for name in names) for names in (own, other)]
    literals = [any(not name.startswith("$") for name in names) for names in (own, other)]
    return all(references) or all(literals)
