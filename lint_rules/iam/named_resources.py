"""Names of resources and of policies that are not theirs."""

import re
from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource, View
from system_model.patterns import opened, overlap

_NAMES = ("Arn", "TopicArn", "PolicyArn", "ConnectionArn")


class ResourceNoArn(PolicyRule):
    id = "E9323"
    shortdesc = "A policy names resources by ARN"
    description = (
        "Ref of a bucket, a role, a table or a project returns its name, and that of a queue its address. IAM refuses "
        'such a Resource (Resource must be in ARN format or "*"), and so does S3 in a policy of a bucket (invalid '
        "resource); the ARN is an attribute."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity", "resource"):
            for resource in statement.resources:
                attributes = _attributes(template, resource)
                if attributes and not attributes["Ref"].startswith("arn:"):
                    arn = next((name for name in _NAMES if name in attributes), "")
                    remedy = f"Write Fn::GetAtt {resource.target}.{arn}." if arn else "Build its ARN with Fn::Sub."
                    yield fault(resource, f"Ref of {resource.target} is not an ARN{_consequence(statement)}. {remedy}")


def _consequence(statement: Statement) -> str:
    """Return who refuses the policy, where its documentation says so."""
    if statement.document.bearer.type == "AWS::S3::BucketPolicy":
        return ", and S3 refuses it"
    return ", and IAM refuses it" if statement.document.kind == "identity" else ", as a Resource must be"


def _attributes(template: View, node: Node) -> dict[str, str] | None:
    """Return what the functions of the resource that ``node`` is a Ref of give; None when it is none, or not known."""
    target = template.all_resources.get(node.target or "")
    if target is None or node.pattern != f"${{{target.logical_id}}}":
        return None
    known: dict[str, str] = facts("arn_forms")["attributes"].get(target.type, {})
    return known if "Ref" in known else None


_PARAMETER = "AWS::SSM::Parameter"
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)\}")


class ParameterArn(PolicyRule):
    id = "E9326"
    shortdesc = "A parameter's ARN has one slash before its name"
    description = (
        "The ARN of the parameter /app/key is ...:parameter/app/key, and that of a parameter called key is "
        "...:parameter/key. With two slashes, or none, no parameter is meant, and ssm:GetParameters is refused."
    )
    source_url = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            for resource in statement.resources:
                remedy = _remedy(template, resource)
                if remedy:
                    yield fault(resource, f"{resource.pattern} is the ARN of no parameter. {remedy}")


def _remedy(template: View, resource: Node) -> str:
    head, _, written = (resource.pattern or "").partition(":parameter")
    if not head.startswith("arn:") or ":ssm:" not in head:
        return ""
    name = _REFERENCE.sub(lambda match: _name_of(template, match), written)
    if name.startswith("//"):
        return "The name begins with a slash of its own: leave out the one before it."
    if written.startswith("$") and not name.startswith(("/", "$")):
        return "The name has no slash of its own: write one before it."
    return ""


def _name_of(template: View, match: re.Match[str]) -> str:
    resource = template.all_resources.get(match[1])
    if resource is None or resource.type != _PARAMETER:
        return match[0]
    return resource["Name"].text or match[0]


_BUCKET = "AWS::S3::Bucket"
_SIGNS = ("*", "?", "$")


class OtherBucket(PolicyRule):
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


_BY_AWS, _SERVICE_ROLE = ":iam::aws:policy/", "service-role/"


class ManagedPolicyPath(ResourceRule):
    id = "E9329"
    shortdesc = "A policy that AWS manages is named with its path"
    description = (
        "The ARN of a policy that AWS manages holds its path: AmazonECSTaskExecutionRolePolicy is service-role/"
        "AmazonECSTaskExecutionRolePolicy, AmazonSSMManagedInstanceCore has none. Under another path there is no such "
        "policy, and the role is not made (does not exist or is not attachable)."
    )
    source_url = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"
    types = ("AWS::IAM::Role", "AWS::IAM::Group", "AWS::IAM::User")

    def faults_of(self, part: Resource, /) -> Iterator[Fault]:
        known = facts("managed_policies")
        for policy in part["ManagedPolicyArns"].items:
            begin, by_aws, given = (policy.pattern or "").partition(_BY_AWS)
            name = given.rpartition("/")[2]
            path = _SERVICE_ROLE if name in known["service_role"] else ""
            if by_aws and name in {*known["policies"], *known["service_role"]} and given != path + name:
                yield fault(policy, f"AWS has no policy {given}. Write {begin}{_BY_AWS}{path}{name}.")
