from collections.abc import Iterator, Sequence

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.policy import trust_of
from lint_rules.model.references import is_used
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View

ROLE = "AWS::IAM::Role"
PROFILE = "AWS::IAM::InstanceProfile"
"""It may bear any role, until an instance is started with it."""


class RoleUser(Rule):
    """Roles given to a service that may not take them on."""

    id = "E9322"
    shortdesc = "A role trusts the service that it is given to"
    description = (
        "A service takes on a role only if the role's trust policy names it. CodeBuild, CodePipeline and Lambda refuse "
        "another role when they are created; tasks and rules fail when they first act."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
    types = (
        "AWS::CodeBuild::Project",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::CodePipeline::Pipeline",
        "AWS::ECS::TaskDefinition",
        "AWS::Events::Rule",
        PROFILE,
        ROLE,
        "AWS::Lambda::Function",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
    )

    def faults(self, template: View) -> Iterator[Fault]:
        users = facts("role_users")["users"]
        for resource in template.resources(*users):
            if resource.type == PROFILE and not is_used(template, resource):
                continue
            for keys, service, page in users[resource.type]:
                for node in _nodes(resource.properties, keys.split("/")):
                    role = template.referred(node, ROLE, name="RoleName")
                    if role is not None and not _may_trust(role, service):
                        yield fault(
                            node,
                            f"The role {role.logical_id} does not trust {service}. Name it as Principal.Service in "
                            f"the role's AssumeRolePolicyDocument ({page}).",
                        )


def _may_trust(role: Resource, service: str) -> bool:
    """Whether ``role`` trusts ``service``, or it is not known whom it trusts."""
    principals = [who for statement in trust_of(role).statements for who in statement.principals]
    if not principals:
        return True
    return any(who.is_anyone or who.node.text is None or _same(who.node.text, service) for who in principals)


def _same(principal: str, service: str) -> bool:
    """Whether both are the same service: some are named with their region, or with the partition's domain, too."""
    return principal.partition(".")[0] == service.partition(".")[0]


def _nodes(node: Node, keys: Sequence[str]) -> Iterator[Node]:
    if not keys:
        yield from (node,) if node.present else ()
        return
    for one in node.items if keys[0] == "*" else (node[keys[0]],):
        yield from _nodes(one, keys[1:])
