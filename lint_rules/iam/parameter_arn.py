import re
from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_PARAMETER = "AWS::SSM::Parameter"
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)\}")


class ParameterArn(PolicyRule):
    """ARNs of parameters with a slash too many, or one too few."""

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
