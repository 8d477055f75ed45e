from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

_BY_AWS, _SERVICE_ROLE = ":iam::aws:policy/", "service-role/"


class ManagedPolicyPath(ResourceRule):
    """Policies that AWS manages, named under a path that they do not have."""

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
