"""Roles that are handed to services."""

from collections.abc import Iterator, Sequence

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, statements, trust_of
from lint_rules.model.references import is_used
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View

_MORE = {"*", "*:*", "iam:*"}
"""What grants more than passing a role: other rules speak of it."""


class PassRole(PolicyRule):
    id = "W9306"
    shortdesc = "iam:PassRole names the service that the role is passed to"
    description = (
        "Without a condition on iam:PassedToService a role may be handed to every service that it trusts, also to one "
        "that it was never meant for. Roles of the same template that trust one service alone need no condition."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            passing = statement.action("iam:PassRole")
            if passing is None or passing.pattern.lower() in _MORE or not statement.allows:
                continue
            if not statement.is_conditional and not _trusted_once(template, statement):
                yield fault(
                    passing.node,
                    f"{passing.pattern} passes the role to any service that it trusts. Add a condition, "
                    "StringEquals iam:PassedToService, with the service that is meant.",
                )


def _trusted_once(template: View, statement: Statement) -> bool:
    """Whether all roles that may be passed are the template's own, and each trusts one service."""
    return bool(statement.resources) and all(_number_of_services(template, one) == 1 for one in statement.resources)


def _number_of_services(template: View, resource: Node) -> int:
    """Count the services that a role trusts; 0 when it is not known which."""
    role = template.all_resources.get(resource.target or "")
    trusting = trust_of(role).statements if role is not None else ()
    named = [principal for one in trusting if one.allows for principal in one.principals]
    return len(named) if all(one.kind == "Service" for one in named) else 0


class PassedService(PolicyRule):
    id = "E9324"
    shortdesc = "A role may be passed to a service that it trusts"
    description = (
        "iam:PassRole with a condition on iam:PassedToService lets the role be handed to those services. If the role "
        "trusts none of them, the service that needs it cannot be given it: tasks of ECS are ecs-tasks.amazonaws.com, "
        "not ecs.amazonaws.com."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            condition = statement.condition("iam:PassedToService")
            if condition is None or condition.base_operator != "StringEquals" or not statement.allows:
                continue
            passed = {value.text for value in condition.values}
            for value in condition.values:
                if value.text and "." not in value.text:
                    yield fault(value, f"No service is called {value.text}. Write {value.text}.amazonaws.com.")
            trusted = _trusted(template, statement)
            if passed and all("." in (one or "") for one in passed) and trusted and not passed & trusted:
                named = " or ".join(sorted(trusted))
                yield fault(
                    condition.node,
                    f"The roles of this statement trust {named}, and may be passed to "
                    f"{', '.join(sorted(filter(None, passed)))} alone. Name the service that they trust.",
                )


def _trusted(template: View, statement: Statement) -> set[str]:
    """Return the services that the roles trust; none if not all roles are the template's own, or it is not known."""
    found: set[str] = set()
    for resource in statement.resources:
        role = template.all_resources.get(resource.target or "")
        services = _services_of(role) if role is not None else set()
        if not services:
            return set()
        found |= services
    return found


def _services_of(role: Resource) -> set[str]:
    principals = [who for one in trust_of(role).statements for who in one.principals]
    if not all(who.kind == "Service" and who.node.text for who in principals):
        return set()
    return {str(who.node.text) for who in principals}


ROLE = "AWS::IAM::Role"
PROFILE = "AWS::IAM::InstanceProfile"
"""It may bear any role, until an instance is started with it."""


class RoleUser(Rule):
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
