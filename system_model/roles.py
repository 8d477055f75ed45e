"""Roles of a system, and what their policies allow.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from system_model.answers import Answer, all_of, any_of, of
from system_model.conditions import UNKNOWN, Context, hold, matches
from system_model.patterns import opened, overlap
from system_model.resolver import Resolver, readable
from system_model.system import Resource, Stack, System, listed, mapping

Document = Mapping[str, Any]
ROLE = "AWS::IAM::Role"
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
ANY = "*"
"""The resource of an action that takes none."""


def texts(value: object) -> tuple[str, ...]:
    """Return what a policy has as one text, or as several, as several."""
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


@dataclass(frozen=True)
class Statement:
    """One statement. ``document`` has every value resolved; ``written`` is the template's own."""

    policy: str
    index: int
    document: Document
    written: Document

    def __hash__(self) -> int:
        """Distinguish it from others by its place."""
        return hash((self.policy, self.index))

    @property
    def sid(self) -> str:
        """What it is for; where it does not say so, where it is."""
        return str(self.document.get("Sid") or f"{self.policy}[{self.index}]")

    @property
    def allows(self) -> bool:
        """Whether it grants anything."""
        return self.document.get("Effect") == "Allow"

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The actions that it names."""
        return texts(self.document.get("Action"))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The resources that it names."""
        return texts(self.document.get("Resource"))

    @cached_property
    def not_resources(self) -> tuple[str, ...]:
        """The resources that it leaves out."""
        return texts(self.document.get("NotResource"))

    @property
    def shown(self) -> Document:
        """The template's own statement, with references written as a person reads them."""
        found: Document = readable(self.written)
        return found

    @property
    def shown_resources(self) -> tuple[str, ...]:
        """The resources in the same order, as a person reads them."""
        return texts(self.shown.get("Resource"))

    @property
    def conditions(self) -> Mapping[str, Mapping[str, Any]]:
        """By operator: condition keys and the values that they must have."""
        return {name: mapping(keys) for name, keys in mapping(self.document.get("Condition")).items()}

    @cached_property
    def principals(self) -> tuple[str, ...]:
        """The principals that a trust policy names."""
        given = self.document.get("Principal")
        if given == ANY:
            return (ANY,)
        return tuple(name for value in mapping(given).values() for name in texts(value))

    @cached_property
    def _lowered(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The actions, or those that are left out, in lower case."""
        left_out = texts(self.document.get("NotAction"))
        return frozenset(one.lower() for one in self.actions), tuple(one.lower() for one in left_out)

    @cached_property
    def _compared(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        return {name: {key: texts(value) for key, value in keys.items()} for name, keys in self.conditions.items()}

    def covers(self, action: str, resource: str, context: Context, *, whole: bool = True) -> Answer:
        """Check whether the statement is about this request; ``whole`` where all templates of a system are known."""
        if not self.names_action(action.lower()):
            return Answer.NO
        return all_of((self._names_resource(resource, whole=whole), hold(self._compared, context)))

    def names_action(self, action: str) -> bool:
        """Check whether the statement names an action, given in lower case."""
        actions, left_out = self._lowered
        if left_out:
            return not any(matches(one, action) for one in left_out)
        return action in actions or any(matches(one, action) for one in actions)

    def meets(self, context: Context) -> Answer:
        """Check whether the conditions hold."""
        return hold(self._compared, context)

    def _names_resource(self, resource: str, *, whole: bool) -> Answer:
        if resource == UNKNOWN:
            return Answer.YES if whole or ANY in self.resources else Answer.UNKNOWN
        if resource == ANY:
            return of(ANY in self.resources or bool(self.not_resources))
        if self.not_resources:
            return ~any_of(_names(one, resource, whole=whole) for one in self.not_resources)
        return any_of(_names(one, resource, whole=whole) for one in self.resources)


def _names(pattern: str, resource: str, *, whole: bool) -> Answer:
    """Check whether a resource of a policy is, or takes in, ``resource``.

    In a whole system what only a deployment knows is the same where it is written alike, and else something else; of
    a template that stands alone, a parameter may turn out to be anything.
    """
    if matches(pattern, resource):
        return Answer.YES
    if whole or "${" not in pattern + resource:
        return Answer.NO
    return Answer.UNKNOWN if overlap(opened(pattern), opened(resource)) else Answer.NO


@dataclass(frozen=True)
class Role:
    """A role with its trust policy and all that its policies say.

    ``managed`` are policies that are in no template: they may allow more than is known.
    """

    resource: Resource
    arn: str
    trust: Document
    statements: tuple[Statement, ...]
    managed: tuple[str, ...] = ()
    whole: bool = True

    def __hash__(self) -> int:
        """Distinguish it from others by its name."""
        return hash((self.stack, self.id))

    @property
    def stack(self) -> str:
        """The name of its stack."""
        return self.resource.stack.name

    @property
    def id(self) -> str:
        """Its logical id."""
        return self.resource.logical_id

    @property
    def name(self) -> str:
        """The name at the end of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def description(self) -> str:
        """What it is for, as the template says it."""
        return str(readable(self.resource.properties.get("Description", "")))

    @property
    def shown_trust(self) -> Document:
        """The trust policy as a person reads it."""
        found: Document = readable(self.resource.properties.get("AssumeRolePolicyDocument") or {})
        return found

    @property
    def grants(self) -> tuple[Statement, ...]:
        """The statements that grant something."""
        return tuple(one for one in self.statements if one.allows)

    @cached_property
    def trust_statements(self) -> tuple[Statement, ...]:
        """The statements of the trust policy."""
        return tuple(Statement("trust", index, one, one) for index, one in enumerate(_statements(self.trust)))

    def allows(self, action: str, resource: str, context: Context) -> Answer:
        """Check whether the role may do ``action`` on ``resource``."""
        answers = [(one.allows, one.covers(action, resource, context, whole=self.whole)) for one in self.statements]
        granted = any_of(answer for allows, answer in answers if allows)
        if granted is Answer.NO and self.managed:
            granted = Answer.UNKNOWN
        return all_of((granted, ~any_of(answer for allows, answer in answers if not allows)))

    def trusts(self, service: str, context: Context) -> Answer:
        """Check whether a service may assume the role."""
        named = [one for one in self.trust_statements if service in one.principals or ANY in one.principals]
        named = [one for one in named if one.names_action("sts:assumerole")]
        granted = any_of(one.meets(context) for one in named if one.allows)
        return all_of((granted, ~any_of(one.meets(context) for one in named if not one.allows)))


class Roles:
    """Every role of a system, by what refers to it."""

    def __init__(self, system: System, resolver: Resolver) -> None:
        self._resolver = resolver
        self.all = [_role(resource, system, resolver) for resource in system.resources(ROLE)]
        self._by_arn = {role.arn: role for role in self.all}

    def of(self, reference: Any, stack: Stack) -> Role | None:  # noqa: ANN401 - whatever a template holds
        """Return the role that a property names; None for one that no template of the system makes."""
        return self._by_arn.get(self._resolver.text(reference, stack) or "")


def _role(resource: Resource, system: System, resolver: Resolver) -> Role:
    properties, stack = resource.properties, resource.stack
    arn = resolver.text({"Fn::GetAtt": [resource.logical_id, "Arn"]}, stack)
    return Role(
        resource,
        str(arn),
        mapping(resolver.value(properties.get("AssumeRolePolicyDocument"), stack)),
        tuple(
            Statement(str(readable(title)), index, mapping(resolver.value(one, owner)), one)
            for title, document, owner in _policies(resource, system, resolver)
            for index, one in enumerate(_statements(document))
        ),
        managed=tuple(str(readable(one)) for one in listed(properties.get("ManagedPolicyArns"))),
        whole=system.whole,
    )


def _policies(role: Resource, system: System, resolver: Resolver) -> Iterator[tuple[Any, object, Stack]]:
    """Return (title, document, stack) of the role's own policies, and of those that name the role."""
    for own in map(mapping, listed(role.properties.get("Policies"))):
        yield own.get("PolicyName"), own.get("PolicyDocument"), role.stack
    name = resolver.text({"Ref": role.logical_id}, role.stack)
    for policy in system.resources(*POLICIES):
        given = policy.properties.get("Roles", policy.properties.get("RoleName", []))
        if name in resolver.texts(given, policy.stack):
            title = policy.properties.get("PolicyName", policy.logical_id)
            yield title, policy.properties.get("PolicyDocument"), policy.stack


def _statements(document: object) -> list[Mapping[str, Any]]:
    given = mapping(document).get("Statement")
    return [mapping(one) for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]


def policies_of(role: Role, statements: Sequence[Statement] | None = None) -> Mapping[str, Document]:
    """Return the role's policy documents by name, made of its statements or of others in their place."""
    documents: dict[str, dict[str, Any]] = {}
    for one in role.statements if statements is None else statements:
        document = documents.setdefault(one.policy, {"Version": "2012-10-17", "Statement": []})
        document["Statement"].append(dict(one.document))
    return documents
