"""Whom a statement names."""

from collections.abc import Iterator
from difflib import get_close_matches

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, documents, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Principal
from lint_rules.model.template import View

_LISTS = ("Action", "NotAction", "Resource", "NotResource")


class NothingNamed(PolicyRule):
    id = "E9315"
    shortdesc = "A statement names actions and resources"
    description = (
        "IAM refuses a policy without statements, and a statement whose actions or resources are an empty list "
        "(Policy statement must contain resources). With Fn::If and AWS::NoValue it happens in one environment only."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for document in documents(template):
            if _is_empty(document.node["Statement"]):
                yield fault(
                    document.node["Statement"], "The policy has no statement. Add one, or leave the policy out."
                )
            for statement in document.statements:
                for name in _LISTS:
                    if _is_empty(statement.node[name]) and not _is_told_already(statement.node[name], name):
                        yield fault(
                            statement.node[name],
                            f"The statement has no {name} in it. Name one, or leave the statement out.",
                        )


def _is_told_already(node: Node, name: str) -> bool:
    """Whether cfn-lint itself refuses the list: one of actions with nothing in it, whatever the conditions."""
    return name.endswith("Action") and node.value == []


def _is_empty(node: Node) -> bool:
    return isinstance(node.value, list) and not node.items


_OPEN_ON_PURPOSE = {"s3:GetObject", "s3:GetObjectVersion"}
_LIMITED_BY_THE_NETWORK = {"AWS::EFS::FileSystem"}


class Anyone(PolicyRule):
    id = "W9313"
    shortdesc = "No policy allows everyone"
    description = (
        "Principal * is everyone with an AWS account, and for many services everyone on the Internet: a role that "
        "anyone can take on, a queue that anyone can fill, a key that anyone can use. Public reading of objects, as "
        "for a web site, is not reported."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust", "resource"):
            if not statement.allows or statement.is_conditional or _is_meant(statement):
                continue
            for principal in statement.principals:
                if principal.is_anyone:
                    yield fault(
                        principal.node,
                        "'*' allows everyone, in every account. Name the accounts, roles or services that are "
                        "meant, or add a condition such as aws:PrincipalOrgID.",
                    )


def _is_meant(statement: Statement) -> bool:
    if statement.document.bearer.type in _LIMITED_BY_THE_NETWORK:
        return True
    return bool(statement.actions) and all(one.pattern in _OPEN_ON_PURPOSE for one in statement.actions)


_DOMAIN = ".amazonaws.com"
_ALIKE = 0.84


class ServicePrincipal(PolicyRule):
    id = "E9309"
    shortdesc = "A service principal is spelt as AWS spells it"
    description = (
        "IAM, S3, SQS and KMS refuse a policy with a service principal that does not exist (Invalid principal in "
        "policy). Most are the service's short name and .amazonaws.com, but not all: tasks of ECS are ecs-tasks."
    )
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services"
    )

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template):
            for principal in statement.principals:
                name = principal.node.text
                if principal.kind == "Service" and name and (remedy := _remedy(name)):
                    yield fault(principal.node, f"No service is called {name}. {remedy}")


def _remedy(name: str) -> str:
    """Say what to write instead of ``name``; nothing when it may be right."""
    known = facts("service_principals")
    if name in {"*", *known["elsewhere"]}:
        return ""
    suffix = next((one for one in known["suffixes"] if name.endswith(f".{one}")), None)
    short = name.removesuffix(f".{suffix}").partition(".")[0] if suffix else name.partition(".")[0]
    if suffix is None or (suffix == "amazon.com" and short in known["names"]):
        return f"Write {short}{_DOMAIN}." if short in known["names"] else f"Service principals end in {_DOMAIN}."
    stem = name.removesuffix(f".{suffix}")
    if stem in known["names"] or suffix == "amazon.com":
        return ""
    if stem.endswith(".aws") and stem.removesuffix(".aws") in known["names"]:
        return f"Write {stem.removesuffix('.aws')}{_DOMAIN}."
    alike = get_close_matches(stem, known["names"], 1, _ALIKE)
    return f"Write {alike[0]}{_DOMAIN}." if alike and "." not in stem else ""


_GITHUB = "token.actions.githubusercontent.com"


class Federation(PolicyRule):
    id = "E9314"
    shortdesc = "A role for GitHub Actions names the repository"
    description = (
        "GitHub's identity provider speaks for every repository there is. A trust policy without a condition on the "
        "token's subject would let any of them in; IAM refuses to create such a role."
    )
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub"
    )

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust"):
            for principal in statement.principals:
                if statement.allows and _is_github(template, principal) and not _names_subject(statement):
                    yield fault(
                        principal.node,
                        f"Any repository of GitHub may take on the role. Add a condition, StringLike {_GITHUB}:sub, "
                        "with repo:OWNER/REPOSITORY:*.",
                    )


def _is_github(template: View, principal: Principal) -> bool:
    provider = template.referred(principal.node, "AWS::IAM::OIDCProvider")
    named = provider["Url"].text if provider else principal.node.pattern
    return principal.kind == "Federated" and (named or "").endswith((f"oidc-provider/{_GITHUB}", f"://{_GITHUB}"))


def _names_subject(statement: Statement) -> bool:
    if statement.node["Condition"].function or any("${" in one.key for one in statement.conditions):
        return True
    return any(
        one.key.lower() in {f"{_GITHUB}:{claim}" for claim in ("sub", "job_workflow_ref")} and one.restricts
        for one in statement.conditions
    )
