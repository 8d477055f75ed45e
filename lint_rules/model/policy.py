"""The policies that a template's resources bear: documents, and their statements, whatever stands in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from lint_rules.model.node import Node, PathParts
from lint_rules.model.rule import Rule
from lint_rules.model.statement_parts import Action, Condition, Principal
from lint_rules.model.template import Resource, View, once_a_view

Kind = Literal["identity", "trust", "resource"]
"""What a policy hangs on: who may act, who may take on a role, or what is acted on."""

_INLINE: tuple[Kind, tuple[str, ...]] = ("identity", ("Policies", "*", "PolicyDocument"))
_OWN: tuple[Kind, tuple[str, ...]] = ("identity", ("PolicyDocument",))
_ON_RESOURCE: tuple[Kind, tuple[str, ...]] = ("resource", ("PolicyDocument",))

PLACES: Mapping[str, Sequence[tuple[Kind, tuple[str, ...]]]] = {
    "AWS::IAM::Role": (("trust", ("AssumeRolePolicyDocument",)), _INLINE),
    "AWS::IAM::User": (_INLINE,),
    "AWS::IAM::Group": (_INLINE,),
    "AWS::IAM::ManagedPolicy": (_OWN,),
    "AWS::IAM::Policy": (_OWN,),
    "AWS::IAM::RolePolicy": (_OWN,),
    "AWS::IAM::UserPolicy": (_OWN,),
    "AWS::IAM::GroupPolicy": (_OWN,),
    "AWS::SSO::PermissionSet": (("identity", ("InlinePolicy",)),),
    "AWS::S3::BucketPolicy": (_ON_RESOURCE,),
    "AWS::SNS::TopicPolicy": (_ON_RESOURCE,),
    "AWS::SQS::QueuePolicy": (_ON_RESOURCE,),
    "AWS::Logs::ResourcePolicy": (_ON_RESOURCE,),
    "AWS::KMS::Key": (("resource", ("KeyPolicy",)),),
    "AWS::KMS::ReplicaKey": (("resource", ("KeyPolicy",)),),
    "AWS::ECR::Repository": (("resource", ("RepositoryPolicyText",)),),
    "AWS::SecretsManager::ResourcePolicy": (("resource", ("ResourcePolicy",)),),
    "AWS::EFS::FileSystem": (("resource", ("FileSystemPolicy",)),),
    "AWS::Backup::BackupVault": (("resource", ("AccessPolicy",)),),
}
"""Where policies stand: resource type to (kind, keys of the property; ``*`` is every item of a list)."""


class PolicyRule(Rule):
    """A rule about policies."""

    types = tuple(PLACES)


class Embedded(Node):
    """A value of a policy that is given as JSON text: all of it lies at the path of the text."""

    def _at(self, value: Any, path: PathParts) -> Node:  # noqa: ANN401, ARG002
        return Embedded(value, self.path, self.choices, self.parameters)


@dataclass(frozen=True)
class Document:
    """A policy document, and the resource of the template that bears it."""

    kind: Kind
    bearer: Resource
    node: Node

    @cached_property
    def statements(self) -> Sequence["Statement"]:
        """Its statements, in order; a document may hold one without a list."""
        return [Statement(self, node) for node in self.node["Statement"].one_or_more]

    @property
    def version(self) -> Node:
        """Its language version."""
        return self.node["Version"]

    @cached_property
    def identities(self) -> Sequence[Node]:
        """The roles, users and groups it is given to, apart from its bearer."""
        names = ("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName")
        return [node for name in names for node in self.bearer[name].one_or_more]


@dataclass(frozen=True)
class Statement:
    """A statement of a policy document."""

    document: Document
    node: Node

    @property
    def sid(self) -> str:
        """Its name; empty when it has none."""
        return self.node["Sid"].pattern or ""

    @property
    def allows(self) -> bool:
        """Whether it grants; what is neither Allow nor Deny, or not known, does not."""
        return self.node["Effect"].text == "Allow"

    @property
    def denies(self) -> bool:
        """Whether it refuses."""
        return self.node["Effect"].text == "Deny"

    @cached_property
    def actions(self) -> Sequence[Action]:
        """The actions named; none where it has ``NotAction`` instead."""
        named = ((one, one.pattern) for one in self.node["Action"].one_or_more)
        return [Action(node, pattern) for node, pattern in named if pattern is not None]

    def action(self, name: str) -> Action | None:
        """Return that which covers ``name``."""
        return next((one for one in self.actions if one.covers(name)), None)

    @cached_property
    def resources(self) -> Sequence[Node]:
        """The resources named; none where it has ``NotResource`` instead."""
        return self.node["Resource"].one_or_more

    @cached_property
    def conditions(self) -> Sequence[Condition]:
        """All tests of its condition block, every one of which must be met."""
        return [
            Condition(operator, key, value)
            for operator, tests in self.node["Condition"].entries
            for key, value in tests.entries
        ]

    def condition(self, *keys: str) -> Condition | None:
        """Return the first test on one of ``keys``, in any spelling of capitals."""
        wanted = {key.lower() for key in keys}
        return next((one for one in self.conditions if one.key.lower() in wanted), None)

    @property
    def is_conditional(self) -> bool:
        """Whether a condition, known or not, may keep it from applying."""
        block = self.node["Condition"]
        return any(one.restricts for one in self.conditions) or bool(block.function)

    @cached_property
    def principals(self) -> Sequence[Principal]:
        """Whom it is about; none where it has ``NotPrincipal`` instead, or stands in an identity's policy."""
        given = self.node["Principal"]
        if not isinstance(given.value, Mapping) or given.function:
            return [Principal("*", given)] if given.present else []
        return [Principal(kind, node) for kind, nodes in given.entries for node in nodes.one_or_more]

    @property
    def services(self) -> set[str]:
        """The service principals it names, as far as they are known."""
        return {one.node.pattern for one in self.principals if one.kind == "Service" and one.node.pattern}


@once_a_view
def _documents(template: View) -> Sequence[Document]:
    return [
        Document(kind, resource, _read(node))
        for resource in template.all_resources.values()
        for kind, keys in PLACES.get(resource.type, ())
        for node in _nodes(resource.properties, keys)
    ]


def documents(template: View, *kinds: Kind) -> Sequence[Document]:
    """Return the policy documents of ``kinds``, or of all."""
    return [one for one in _documents(template) if not kinds or one.kind in kinds]


def statements(template: View, *kinds: Kind) -> Sequence[Statement]:
    """Return all statements of the documents of ``kinds``, or of all."""
    return [statement for document in documents(template, *kinds) for statement in document.statements]


def trust_of(role: Resource) -> Document:
    """Return the trust policy of ``role``."""
    return Document("trust", role, _read(role["AssumeRolePolicyDocument"]))


def given_to(template: View, role: Resource) -> list[Document]:
    """Return the identity policies of ``role`` (or user, or group): its own, and those that name it."""
    own = {node.pattern for name in ("RoleName", "UserName", "GroupName") if (node := role[name]).pattern is not None}
    return [
        document
        for document in documents(template, "identity")
        if document.bearer.logical_id == role.logical_id
        or any(one.target == role.logical_id or one.pattern in own for one in document.identities)
        or any(one.target == document.bearer.logical_id for one in role["ManagedPolicyArns"].items)
    ]


def _nodes(node: Node, keys: Sequence[str]) -> Iterator[Node]:
    if not keys:
        if node.present:
            yield node
        return
    inner = node.items if keys[0] == "*" else (node[keys[0]],)
    for one in inner:
        yield from _nodes(one, keys[1:])


def _read(node: Node) -> Node:
    if isinstance(node.value, str):
        try:
            return Embedded(json.loads(node.value), node.path, node.choices, node.parameters)
        except (ValueError, RecursionError):
            return node
    return node
