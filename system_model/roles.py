"""Roles of a system, and what their policies allow.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from system_model.answers import Answer, all_of, any_of
from system_model.attached_policies import attached, statements_of
from system_model.conditions import Context
from system_model.resolver import Resolver, readable
from system_model.statements import ANY, Alone, Document, Statement
from system_model.system import Resource, Stack, System, mapping

ROLE = "AWS::IAM::Role"


@dataclass(frozen=True)
class Role:
    """A role with its trust policy and all that its policies say.

    ``managed`` are the policies that it names and no template has; ``known`` are the statements of those of AWS's that
    are in the reference. ``unread`` where a policy may allow more than is known.
    """

    resource: Resource
    arn: str
    trust: Document
    statements: tuple[Statement, ...]
    managed: tuple[str, ...] = ()
    known: tuple[Statement, ...] = ()
    unread: bool = False
    alone: Alone = None

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
        return tuple(Statement("trust", index, one, one) for index, one in enumerate(statements_of(self.trust)))

    def allows(self, action: str, resource: str, context: Context) -> Answer:
        """Check whether the role may do ``action`` on ``resource``."""
        every = (*self.statements, *self.known)
        about = partial(Statement.covers, action=action, resource=resource, context=context, alone=self.alone)
        granted = any_of(about(one) for one in every if one.allows)
        if granted is Answer.NO and self.unread:
            granted = Answer.UNKNOWN
        return all_of((granted, ~any_of(about(one) for one in every if not one.allows)))

    def trusts(self, service: str, context: Context) -> Answer:
        """Check whether a service may assume the role."""
        named = [one for one in self.trust_statements if service in one.principals or ANY in one.principals]
        named = [one for one in named if one.names_action("sts:assumerole")]
        granted = any_of(one.meets(context, self.alone) for one in named if one.allows)
        return all_of((granted, ~any_of(one.meets(context, self.alone) for one in named if not one.allows)))


class Roles:
    """Every role of a system, by what refers to it."""

    def __init__(self, system: System, resolver: Resolver) -> None:
        self._resolver = resolver
        self.all = [_role(resource, system, resolver) for resource in system.resources(ROLE)]
        self._by_arn = {role.arn: role for role in self.all}
        self._by_name = {resolver.text({"Ref": one.id}, one.resource.stack): one for one in self.all}

    def of(self, reference: Any, stack: Stack) -> Role | None:  # noqa: ANN401 - whatever a template holds
        """Return the role that a property names, by ARN or name; None for one that no template of the system makes."""
        name = self._resolver.text(reference, stack) or ""
        partition = self._resolver.wording.pseudo("AWS::Partition")
        return self._by_arn.get(name.replace("arn:aws:", f"arn:{partition}:")) or self._by_name.get(name)


def _role(resource: Resource, system: System, resolver: Resolver) -> Role:
    properties, stack = resource.properties, resource.stack
    arn = resolver.text({"Fn::GetAtt": [resource.logical_id, "Arn"]}, stack)
    found = attached(resource, system, resolver)
    return Role(
        resource,
        str(arn),
        mapping(resolver.value(properties.get("AssumeRolePolicyDocument"), stack)),
        found.statements,
        managed=found.managed,
        known=found.known,
        unread=found.unread,
        alone=None if system.whole else frozenset(stack.resources),
    )


def policies_of(role: Role, statements: Sequence[Statement] | None = None) -> Mapping[str, Document]:
    """Return the role's policy documents by name, made of its statements or of others in their place."""
    documents: dict[str, dict[str, Any]] = {}
    for one in role.statements if statements is None else statements:
        document = documents.setdefault(one.policy, {"Version": "2012-10-17", "Statement": []})
        document["Statement"].append(dict(one.document))
    return documents
