"""What somebody must be allowed to do, and the contract that they are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.answers import Answer
from system_model.conditions import UNKNOWN, Context
from system_model.roles import ANY, Role
from system_model.system import Resource


@dataclass(frozen=True)
class Requirement:
    """``who`` (a resource with a role) needs ``action`` on ``resource``, since ``why``; ``source`` is AWS's page."""

    who: Resource
    action: str
    resource: str
    why: str
    source: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """A resource that acts under the role that ``reference`` names, which ``service`` assumes under ``context``."""

    who: Resource
    reference: Any
    service: str
    context: Mapping[str, str]
    needs: Iterable[Requirement]


def missing_permissions(uses: Iterable[Usage], index: ProjectIndex) -> Iterator[Finding]:
    """Give a finding for each need that its role does not allow, and for each role that its service can't assume."""
    for use in uses:
        role = index.roles.of(use.reference, use.who.stack)
        if role is None:
            continue
        if role.trusts(use.service, _lowered(use.context)) is Answer.NO:
            yield _not_let_in(use, role, index)
        told = set()
        for need in use.needs:
            allowed = role.allows(need.action, need.resource, _lowered(need.context))
            if allowed is Answer.NO and (need.action, need.resource) not in told:
                told.add((need.action, need.resource))
                yield _not_allowed(need, role, index)


def _lowered(context: Mapping[str, str]) -> Context:
    return {key.lower(): value for key, value in context.items()}


def _not_allowed(need: Requirement, role: Role, index: ProjectIndex) -> Finding:
    resource = "" if need.resource in {ANY, UNKNOWN} else f" on {need.resource}"
    under = "".join(f", {key} being {value}" for key, value in need.context.items())
    return index.finding(
        "E9603",
        role.resource,
        ("Properties", "Policies"),
        f"{need.who} needs {need.action}{resource}{under}: {need.why}. Its role {role.resource} does not allow it.",
        f"Allow it in a statement of that role. See {need.source}",
    )


def _not_let_in(use: Usage, role: Role, index: ProjectIndex) -> Finding:
    under = ", ".join(f"{key} {value}" for key, value in use.context.items())
    return index.finding(
        "E9604",
        role.resource,
        ("Properties", "AssumeRolePolicyDocument"),
        f"{use.service} must assume {role.resource} for {use.who} ({under}), by sts:AssumeRole; the role's trust "
        "policy does not let it.",
        "Allow it there. See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
    )
