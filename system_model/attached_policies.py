"""The policies of a role: its own, those that name it, and the managed ones that it names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws_facts import facts
from system_model.resolver import Resolver, is_function, readable
from system_model.statements import Document, Statement
from system_model.system import Resource, Stack, System, listed, mapping

MANAGED = "AWS::IAM::ManagedPolicy"
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", MANAGED)
_BY_AWS = ":iam::aws:policy/"


@dataclass(frozen=True)
class Attached:
    """What a role's policies say; see ``Role``."""

    statements: tuple[Statement, ...]
    managed: tuple[str, ...]
    known: tuple[Statement, ...]
    unread: bool


def attached(role: Resource, system: System, resolver: Resolver) -> Attached:
    """Return what the policies of a role say."""
    given = role.properties.get("ManagedPolicyArns")
    outside = [one for one in listed(given) if _made_here(one, role.stack) is None]
    titles = [_title(resolver.text(one, role.stack)) for one in outside]
    found = list(_policies(role, system, resolver))
    return Attached(
        tuple(
            Statement(str(readable(title)), index, mapping(resolver.value(one, owner)), one)
            for title, document, owner in found
            for index, one in enumerate(statements_of(document))
        ),
        tuple(str(readable(one)) for one in outside),
        tuple(one for title in titles for one in _known(title)),
        None in titles
        or is_function(given)
        or is_function(role.properties.get("Policies"))
        or any(not _is_read(document) for _, document, _ in found)
        or (not system.whole and (_may_be_named(role, system, resolver) or not (found or given))),
    )


def statements_of(document: object) -> list[Mapping[str, Any]]:
    """Return the statements of a policy document, which may be a text in JSON; none of what is no document."""
    given = _parsed(document).get("Statement")
    return [mapping(one) for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]


def _parsed(document: object) -> Document:
    if isinstance(document, str):
        try:
            return mapping(json.loads(document))
        except (ValueError, RecursionError):
            return {}
    return mapping(document)


def _is_read(document: object) -> bool:
    """Whether everything in a policy document is known to be granted, or not."""
    given = _parsed(document).get("Statement")
    every = given if isinstance(given, list) else [given]
    return all(isinstance(one, dict) and one.get("Effect") in ("Allow", "Deny") for one in every)


def _policies(role: Resource, system: System, resolver: Resolver) -> Iterator[tuple[Any, object, Stack]]:
    """Return (title, document, stack) of the role's own policies, and of those that name the role or that it names."""
    for own in listed(role.properties.get("Policies")):
        yield mapping(own).get("PolicyName"), mapping(own).get("PolicyDocument"), role.stack
    name = resolver.text({"Ref": role.logical_id}, role.stack)
    named = [_made_here(one, role.stack) for one in listed(role.properties.get("ManagedPolicyArns"))]
    for policy in system.resources(*POLICIES):
        if name in resolver.texts(_roles(policy), policy.stack) or policy in named:
            title = policy.properties.get("PolicyName", policy.logical_id)
            yield title, policy.properties.get("PolicyDocument"), policy.stack


def _roles(policy: Resource) -> object:
    return policy.properties.get("Roles", policy.properties.get("RoleName", []))


def _may_be_named(role: Resource, system: System, resolver: Resolver) -> bool:
    """Whether a policy is given to roles of which a parameter may name this one."""
    policies = system.resources(*POLICIES)
    names = [name for one in policies for name in resolver.texts(_roles(one), one.stack)]
    return any("${" in name and name.removeprefix("${").removesuffix("}") not in role.stack.resources for name in names)


def _made_here(reference: Any, stack: Stack) -> Resource | None:  # noqa: ANN401 - whatever a template holds
    """Return the managed policy of the template that a reference names."""
    given = mapping(reference)
    attribute = given.get("Fn::GetAtt")
    name = given.get("Ref") or (attribute[0] if isinstance(attribute, list) and attribute else attribute)
    found = stack.resources.get(str(name).partition(".")[0])
    return found if found is not None and found.type == MANAGED else None


def _title(arn: str | None) -> str | None:
    """Return the name of a policy of AWS's that is in the reference; None for any other."""
    _, by_aws, path = (arn or "").partition(_BY_AWS)
    name = path.rpartition("/")[2]
    return name if by_aws and name in facts("managed_policies")["policies"] else None


def _known(title: str | None) -> Iterator[Statement]:
    rows = facts("managed_policies")["policies"][title] if title else ()
    for index, row in enumerate(rows):
        document = {"Effect": "Allow", **row}
        yield Statement(str(title), index, document, document)
