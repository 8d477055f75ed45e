"""What AWS called things when it deployed a build, beside what the templates call them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from delivery.aws.session import Aws
from proofs.policies.build import Build, Template, read_roles
from reporting.errors import CannotRunError
from system_model.roles import Role, policies_of

OBJECTS = "/*"
"""Ends the ARN of all objects of a bucket, and is no part of the bucket's name."""


@dataclass(frozen=True)
class Deployed:
    """``names`` gives, for what AWS called things, the templates' words; ``arns`` the logical id for a role's ARN."""

    names: Mapping[str, str]
    arns: Mapping[str, str]


def look(aws: Aws, templates: Mapping[str, Template]) -> Deployed:
    """Read what stacks export, and roles as they stand in IAM; one that is not what its template says is refused."""
    stacks = _stacks(aws, templates)
    roles, names = read_roles(templates), dict(_exports(stacks, templates))
    arns: dict[str, str] = {}
    standing = {one["RoleName"]: one for one in _details(aws)}
    for stack in stacks:
        listed = aws.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        physical = {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in listed}
        for role in (one for one in roles if one.stack == stack):
            found = standing.get(physical.get(role.id, ""))
            if found is None:
                continue  # a deployment that failed has made no roles after that
            arns[found["Arn"]] = role.id
            names |= _named(role, found)
    return Deployed({there: here for there, here in names.items() if there != here}, arns)


def _stacks(aws: Aws, templates: Mapping[str, Template]) -> dict[str, Mapping[str, Any]]:
    """Return the stacks that stand, by their names; a deployment that failed has not made all."""
    pages = aws.cloudformation.get_paginator("describe_stacks").paginate()
    return {one["StackName"]: one for page in pages for one in page["Stacks"] if one["StackName"] in templates}


def _exports(stacks: Mapping[str, Mapping[str, Any]], templates: Mapping[str, Template]) -> Iterator[tuple[str, str]]:
    ours = Build(templates)
    for stack, standing in stacks.items():
        for output in standing.get("Outputs", []):
            if "ExportName" in output and output["OutputValue"].startswith("arn:"):
                yield output["OutputValue"], str(ours.resolved(stack, {"Fn::ImportValue": output["ExportName"]}))


def _details(aws: Aws) -> Iterator[Mapping[str, Any]]:
    for page in aws.iam.get_paginator("get_account_authorization_details").paginate(Filter=["Role"]):
        yield from page["RoleDetailList"]


def _named(role: Role, found: Mapping[str, Any]) -> dict[str, str]:
    """Compare a role's policies with those that stand: they are the same, but for names."""
    there = {one["PolicyName"]: one["PolicyDocument"] for one in found.get("RolePolicyList", [])}
    here = policies_of(role)
    pairs = [*_pairs(here, there, role), *_pairs(role.trust, found["AssumeRolePolicyDocument"], role)]
    names = {found["Arn"]: role.arn}
    for ours, theirs in pairs:
        if ours != theirs:
            names[theirs.removesuffix(OBJECTS)] = ours.removesuffix(OBJECTS)
    return names


def _pairs(ours: Any, theirs: Any, role: Role) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON values
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and set(ours) == set(theirs):
        for key, value in ours.items():
            yield from _pairs(value, theirs[key], role)
    elif isinstance(ours, (list, tuple)) and isinstance(theirs, list) and len(ours) == len(theirs):
        for one, other in zip(ours, theirs, strict=True):
            yield from _pairs(one, other, role)
    elif isinstance(ours, str) and isinstance(theirs, str):
        yield ours, theirs
    elif ours != theirs:
        raise CannotRunError(
            f"{role.id} is not deployed as its template says: {theirs!r} is there in place of {ours!r}."
        )
