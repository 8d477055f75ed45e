from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_NAMES = ("Arn", "TopicArn", "PolicyArn", "ConnectionArn")


class ResourceNoArn(PolicyRule):
    """References that give a name where an ARN is due."""

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
