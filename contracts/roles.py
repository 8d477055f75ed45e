"""Roles of a system, and what their policies allow.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.conditions import Context, hold, matches
from contracts.resolving import Resolver
from contracts.system import Resource, Stack, System, listed, mapping

ANY = "*"
"""The resource of an action that takes none."""
UNKNOWN = "?"
"""A resource that is not known: any one that a statement names will do."""


@dataclass(frozen=True)
class Statement:
    """A statement with every value resolved, actions in lower case; ``principals`` are those of a trust policy."""

    sid: str
    allows: bool
    actions: Sequence[str]
    not_actions: Sequence[str]
    resources: Sequence[str]
    not_resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, Sequence[str]]]
    principals: Sequence[str]

    def covers(self, action: str, resource: str, context: Context) -> bool:
        """Tell whether the statement speaks of this request."""
        return self.names_action(action.lower()) and self._names_resource(resource) and hold(self.conditions, context)

    def names_action(self, action: str) -> bool:
        """Tell whether the statement names an action, given in lower case."""
        if self.not_actions:
            return not any(matches(one, action) for one in self.not_actions)
        return action in self.actions or any(matches(one, action) for one in self.actions)

    def _names_resource(self, resource: str) -> bool:
        if resource == UNKNOWN:
            return True
        if resource == ANY:
            return ANY in self.resources or bool(self.not_resources)
        if self.not_resources:
            return not any(matches(one, resource) for one in self.not_resources)
        return any(matches(one, resource) for one in self.resources)


@dataclass(frozen=True)
class Role:
    """A role with its trust policy and all that its policies say.

    ``is_open`` where policies that are not in the templates (managed ones) may allow more than is known.
    """

    resource: Resource
    trust: Sequence[Statement]
    statements: Sequence[Statement]
    is_open: bool

    def allows(self, action: str, resource: str, context: Context) -> bool:
        """Tell whether the role may do ``action`` on ``resource``."""
        covering = [one for one in self.statements if one.covers(action, resource, context)]
        if any(not one.allows for one in covering):
            return False
        return self.is_open or bool(covering)

    def lets_in(self, service: str, context: Context) -> bool:
        """Tell whether a service may assume the role."""
        named = (one for one in self.trust if service in one.principals or ANY in one.principals)
        covering = [one for one in named if one.names_action("sts:assumerole") and hold(one.conditions, context)]
        return bool(covering) and all(one.allows for one in covering)


class Roles:
    """Every role of a system, by what refers to it."""

    def __init__(self, system: System, resolver: Resolver) -> None:
        self._resolver = resolver
        self._by_arn: dict[str, Role] = {}
        for resource in system.resources("AWS::IAM::Role"):
            arn = resolver.text({"Fn::GetAtt": [resource.logical_id, "Arn"]}, resource.stack)
            self._by_arn[str(arn)] = self._role(resource, system)

    def of(self, reference: Any, stack: Stack) -> Role | None:  # noqa: ANN401 - whatever stands in a template
        """Give the role that a property names; None for one that no template of the system makes."""
        return self._by_arn.get(self._resolver.text(reference, stack) or "")

    def _role(self, resource: Resource, system: System) -> Role:
        properties, stack = resource.properties, resource.stack
        statements = [
            statement
            for policy in listed(properties.get("Policies"))
            for statement in self._statements(mapping(policy).get("PolicyDocument"), stack)
        ]
        attached = list(self._attached(resource, system))
        statements += [one for document, owner in attached for one in self._statements(document, owner)]
        return Role(
            resource,
            list(self._statements(properties.get("AssumeRolePolicyDocument"), stack)),
            statements,
            is_open=bool(properties.get("ManagedPolicyArns")),
        )

    def _attached(self, role: Resource, system: System) -> Iterator[tuple[Any, Stack]]:
        name = self._resolver.text({"Ref": role.logical_id}, role.stack)
        for policy in system.resources("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"):
            given = policy.properties.get("Roles", policy.properties.get("RoleName", []))
            if name in self._resolver.texts(given, policy.stack):
                yield policy.properties.get("PolicyDocument"), policy.stack

    def _statements(self, document: object, stack: Stack) -> Iterator[Statement]:
        given = mapping(document).get("Statement")
        for one in map(mapping, given if isinstance(given, list) else [given]):
            yield Statement(
                sid=str(one.get("Sid", "")),
                allows=one.get("Effect") == "Allow",
                actions=[text.lower() for text in self._texts(one, "Action", stack)],
                not_actions=[text.lower() for text in self._texts(one, "NotAction", stack)],
                resources=self._texts(one, "Resource", stack),
                not_resources=self._texts(one, "NotResource", stack),
                conditions=self._conditions(one.get("Condition"), stack),
                principals=self._principals(one.get("Principal"), stack),
            )

    def _texts(self, statement: Mapping[str, Any], name: str, stack: Stack) -> Sequence[str]:
        return self._resolver.texts(statement[name], stack) if name in statement else []

    def _conditions(self, given: object, stack: Stack) -> Mapping[str, Mapping[str, Sequence[str]]]:
        return {
            operator: {key: self._resolver.texts(value, stack) for key, value in mapping(keys).items()}
            for operator, keys in mapping(given).items()
        }

    def _principals(self, given: object, stack: Stack) -> Sequence[str]:
        if given == ANY:
            return [ANY]
        return [text for value in mapping(given).values() for text in self._resolver.texts(value, stack)]
