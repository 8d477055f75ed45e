"""What the policies on resources may grant to roles, besides the roles' own policies.

Within one account either is enough. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator

from system_model.attached_policies import statements_of
from system_model.patterns import opened, overlap
from system_model.resolver import Resolver
from system_model.roles import Role
from system_model.statements import ANY, Statement
from system_model.system import System, mapping

BEARERS = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
"""Resource types and the property with the policy."""


class ResourcePolicies:
    """The statements of every policy on a resource of a system, each of which has a principal."""

    def __init__(self, system: System, resolver: Resolver) -> None:
        self._statements = list(_statements(system, resolver))

    def may_grant(self, role: Role, action: str) -> bool:
        """Check whether some policy may allow ``action`` to the role, on whatever it is the policy of."""
        return any(
            one.allows and one.names_action(action.lower()) and any(_may_be(name, role) for name in one.principals)
            for one in self._statements
        )


def _statements(system: System, resolver: Resolver) -> Iterator[Statement]:
    for kind, name in BEARERS.items():
        for bearer in system.resources(kind):
            for index, one in enumerate(statements_of(bearer.properties.get(name))):
                document = mapping(resolver.value(one, bearer.stack))
                # Everybody who is not left out may be meant.
                given = {"Principal": ANY} if "NotPrincipal" in document else {}
                yield Statement(bearer.logical_id, index, {**document, **given}, one)


def _may_be(principal: str, role: Role) -> bool:
    """Whether a principal is the role, or a parameter that may name it; an account alone only lets IAM decide."""
    if principal in (ANY, role.arn):
        return True
    is_named_alike = ":role/" in principal and overlap(opened(principal.rpartition("/")[2]), opened(role.name))
    return is_named_alike or (role.alone is not None and principal.startswith("${") and not _is_account(principal))


def _is_account(principal: str) -> bool:
    return principal.startswith("${AWS::")
