"""The roles of a build: who may take them, and what they may do, statement by statement."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.policies.intrinsics import Names, Template, shown
from reporting.errors import CannotRunError

Document = Mapping[str, Any]
ROLE = "AWS::IAM::Role"
POLICIES_OF_THEIR_OWN = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True)
class Statement:
    """One statement. ``actions``, ``resources`` and ``conditions`` have every name filled in; ``shown`` has none.

    ``shown`` is the template's own statement, with references written as a person reads them.
    """

    policy: str
    index: int
    document: Document
    shown: Document

    def __hash__(self) -> int:
        """Tell it from others by where it stands."""
        return hash((self.policy, self.index))

    @property
    def sid(self) -> str:
        """What it is for; where it does not say so, where it stands."""
        return str(self.document.get("Sid") or f"{self.policy}[{self.index}]")

    @property
    def allows(self) -> bool:
        """Whether it grants anything."""
        return self.document.get("Effect") == "Allow"

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that it names."""
        return listed(self.document.get("Action"))

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that it names."""
        return listed(self.document.get("Resource"))

    @property
    def shown_resources(self) -> tuple[str, ...]:
        """The same, in the same order, as a person reads them."""
        return listed(self.shown.get("Resource"))

    @property
    def conditions(self) -> Mapping[str, Mapping[str, Any]]:
        """By operator: condition keys and the values that they must have."""
        found: Mapping[str, Mapping[str, Any]] = self.document.get("Condition") or {}
        return found


@dataclass(frozen=True)
class Role:
    """One role. ``managed`` are policies that are attached from elsewhere."""

    stack: str
    id: str
    arn: str
    description: str
    trust: Document
    shown_trust: Document
    statements: tuple[Statement, ...]
    managed: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Tell it from others by its name."""
        return hash((self.stack, self.id))

    @property
    def name(self) -> str:
        """The name at the end of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def grants(self) -> tuple[Statement, ...]:
        """The statements that grant something."""
        return tuple(one for one in self.statements if one.allows)


def listed(value: object) -> tuple[str, ...]:
    """Give what a policy has as one text, or as several, as several."""
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)


_ARN = re.compile(r"^arn:\$\{AWS::Partition\}:([a-z-]+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:")


def briefly(resource: str) -> str:
    """Shorten how a template writes an ARN of its own account and region to its service and name."""
    return _ARN.sub(r"\1:", resource)


def read_templates(build: Path) -> dict[str, Template]:
    """Read the templates of a build folder, by the names of their stacks, in the manifest's order."""
    try:
        manifest = json.loads((build / "manifest.json").read_bytes())
        return {one["name"]: json.loads((build / one["template"]).read_bytes()) for one in manifest["stacks"]}
    except (ValueError, KeyError, TypeError) as error:
        raise CannotRunError(f"{build}: it can't be read ({error!r}); make it anew with `make templates`.") from error


def read_roles(templates: Mapping[str, Template]) -> list[Role]:
    """Give every role, in the order of the templates."""
    names = Names(templates)
    return [
        _role(names, stack, name, resource, template)
        for stack, template in templates.items()
        for name, resource in template.get("Resources", {}).items()
        if resource["Type"] == ROLE
    ]


def _role(names: Names, stack: str, name: str, resource: Document, template: Template) -> Role:
    properties = resource["Properties"]
    statements = [
        statement
        for title, document in _policies(name, properties, template)
        for statement in _statements(names, stack, str(shown(title)), document)
    ]
    trust = properties["AssumeRolePolicyDocument"]
    return Role(
        stack=stack,
        id=name,
        arn=str(names.resolved(stack, {"Fn::GetAtt": [name, "Arn"]})),
        description=str(shown(properties.get("Description", ""))),
        trust=names.resolved(stack, trust),
        shown_trust=_shown(trust),
        statements=tuple(statements),
        managed=tuple(map(shown, properties.get("ManagedPolicyArns", []))),
    )


def _policies(name: str, properties: Document, template: Template) -> Iterator[tuple[Any, Document]]:
    """Give the role's own policies, and those of the same stack that name the role."""
    for policy in properties.get("Policies", []):
        yield policy["PolicyName"], policy["PolicyDocument"]
    role_name = properties.get("RoleName")
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] in POLICIES_OF_THEIR_OWN:
            given = resource["Properties"]
            roles = given.get("Roles", [given.get("RoleName")])
            if {"Ref": name} in roles or (role_name is not None and role_name in roles):
                yield given.get("PolicyName", logical_id), given["PolicyDocument"]


def _statements(names: Names, stack: str, policy: str, document: Document) -> Iterator[Statement]:
    found = document.get("Statement", [])
    for index, statement in enumerate([found] if isinstance(found, dict) else found):
        yield Statement(policy, index, names.resolved(stack, statement), _shown(statement))


def _shown(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        if len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::")):
            return shown(value)
        return {key: _shown(each) for key, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list) else value


def policies_of(role: Role, statements: Sequence[Statement] | None = None) -> Mapping[str, Document]:
    """Give the role's policy documents by name, made of its statements or of others in their place."""
    documents: dict[str, dict[str, Any]] = {}
    for one in role.statements if statements is None else statements:
        document = documents.setdefault(one.policy, {"Version": "2012-10-17", "Statement": []})
        document["Statement"].append(dict(one.document))
    return documents
