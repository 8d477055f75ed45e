"""Rights without bounds."""

from collections.abc import Iterator

from lint_rules.model.policy import PolicyRule, Statement, statements, trust_of
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource, View

_ALL = {"*", "*:*"}


class EverythingAllowed(PolicyRule):
    id = "W9304"
    shortdesc = "What is granted is named"
    description = (
        "Action * on Resource * makes an administrator of whatever has the policy. Allow with NotAction or NotResource "
        "grants all that is not named, IAM and what AWS adds next year included."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            if statement.allows and not statement.is_conditional:
                yield from _boundless(statement)


def _boundless(statement: Statement) -> Iterator[Fault]:
    on_all = any(one.text == "*" for one in statement.resources)
    for action in statement.actions:
        if action.pattern in _ALL and on_all:
            yield fault(action.node, "'*' on '*' grants everything, IAM included. Name the actions that are needed.")
    if statement.node["NotAction"].present and on_all:
        sentence = "Allow with NotAction grants every other action of AWS. Name what is allowed in Action."
        yield fault(statement.node["NotAction"], sentence)
    if statement.node["NotResource"].present:
        sentence = "Allow with NotResource grants it on every other resource. Name the resources in Resource."
        yield fault(statement.node["NotResource"], sentence)


_BOUNDLESS = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
_DEPLOYERS = ("cloudformation.", "member.org.stacksets.cloudformation.", "stacksets.cloudformation.")


class AdministratorRole(PolicyRule):
    id = "W9327"
    shortdesc = "A service's role has no administrator's policy"
    description = (
        "A build, function, task or instance with AdministratorAccess, PowerUserAccess or IAMFullAccess gives the "
        "account to whoever gets code into it. Roles of people, and those that CloudFormation deploys with, are not "
        "reported."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"

    def faults(self, template: View) -> Iterator[Fault]:
        for role in template.resources("AWS::IAM::Role"):
            service = _service(role)
            for policy in role["ManagedPolicyArns"].items if service else ():
                name = (policy.pattern or "").partition(":iam::aws:policy/")[2]
                if name in _BOUNDLESS:
                    yield fault(policy, f"{service} acts with {name}. Give the role the rights that it needs instead.")


def _service(role: Resource) -> str:
    """Return the service that takes on ``role``, when services alone do, and none of them deploys."""
    trusted = [who for statement in trust_of(role).statements for who in statement.principals]
    names = [one.node.pattern or "" for one in trusted if one.kind == "Service"]
    if len(names) < len(trusted) or any(name.startswith(_DEPLOYERS) for name in names):
        return ""
    return names[0] if names else ""
