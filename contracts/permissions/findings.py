"""E9603 and E9604: a role allows what is done with it, and lets its service assume it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.permissions import of_builds, of_deployments, of_functions, of_pipelines, of_targets, of_tasks
from contracts.permissions.required import Lack, Requirement, Usage, judged, lacks, untrusted
from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.conditions import UNKNOWN
from system_model.roles import Role
from system_model.statements import ANY
from system_model.wording import OPEN

_LONGEST_LIST = 150
"""Characters; what is longer is cut, as the statement to add has all of it."""
_LONGEST = 300
"""Characters of a sentence; a longer one does without the reason."""


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how everything in the templates uses its role."""
    for part in (of_pipelines, of_builds, of_tasks, of_targets, of_deployments, of_functions):
        yield from part.uses(index)


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Return a finding for each role and user of it, and for each role that its service can't assume."""
    used = list(uses(index))
    for lack in lacks(judged(used, index)):
        yield index.finding("E9603", lack.role.resource, ("Properties", "Policies"), sentence(lack), remedy(lack))
    for use, role in untrusted(used, index):
        yield _not_let_in(use, role, index)


def sentence(lack: Lack) -> str:
    """Say what the role lacks, why it is needed, and what AWS would show."""
    first = _most_telling(lack)
    lacking = f"{lack.who} acts as {lack.role.resource}, which does not allow {_listed(lack.missing)}"
    shown = (first.shows or "is not authorized to perform: {action}").replace("{action}", first.action)
    said = f'{lacking} ({first.why}); AWS: "{shown}".'
    return said if len(said) <= _LONGEST else f'{lacking}; AWS: "{shown}".'


def remedy(lack: Lack) -> str:
    """Write the statements to add."""
    grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for need in lack.missing:
        keys = {key: value for key, value in need.context.items() if key.startswith("iam:")}
        grouped.setdefault((_written(need.resource), tuple(keys.items())), []).append(need.action)
    statements = ", ".join(
        json.dumps(_statement(actions, resource, dict(keys))) for (resource, keys), actions in grouped.items()
    )
    return f"Allow it in a statement of that role: {statements}"


def _most_telling(lack: Lack) -> Requirement:
    return next((need for need in lack.missing if not need.likely), lack.missing[0])


def _listed(missing: Sequence[Requirement]) -> str:
    names = list(dict.fromkeys(need.action for need in missing))
    shown: list[str] = []
    while names and len(", ".join([*shown, names[0]])) <= _LONGEST_LIST:
        shown.append(names.pop(0))
    more = f" and {len(names)} more" if names else ""
    resources = {need.resource for need in missing} - {ANY, UNKNOWN}
    on = f" on {next(iter(resources)).replace(OPEN, ANY)}" if len(resources) == 1 and len(shown) == 1 else ""
    return f"{', '.join(shown)}{more}{on}"


def _written(resource: str) -> str:
    """Write a resource as a policy may name it."""
    if resource == UNKNOWN:
        return ANY
    for end, sign in (("/OBJECT", "/*"), ("log-stream:STREAM", "*")):
        resource = resource.removesuffix(end) + sign if resource.endswith(end) else resource
    return resource.replace(OPEN, ANY)


def _statement(actions: Sequence[str], resource: str, keys: dict[str, str]) -> dict[str, Any]:
    named: Any = {"Fn::Sub": resource} if "${" in resource else resource
    conditions = {"Condition": {"StringEquals": keys}} if keys else {}
    return {"Effect": "Allow", "Action": list(actions), "Resource": named, **conditions}


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
