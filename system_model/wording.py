"""How what only a deployment knows is written in a resolved text."""

from dataclasses import dataclass
from typing import Protocol

from system_model.system import Resource


class Wording(Protocol):
    """The words for what a template leaves open."""

    def pseudo(self, name: str) -> str:
        """Return a pseudo parameter's value, of ``AWS::Region`` for instance."""

    def made_up(self, resource: Resource) -> str:
        """Return what stands for a name that AWS makes up."""

    def extended(self, resource: Resource, name: str) -> str:
        """Return a name with what AWS puts before or behind it, as a revision or the cluster of a service."""

    def attribute(self, resource: Resource, attribute: str) -> str:
        """Return what stands for an attribute that no name makes."""

    def missing(self, stack: str, name: str) -> str:
        """Return what stands for a parameter, or for a resource that the template does not have."""

    def function(self, stack: str, name: str) -> str:
        """Return what stands for the result of a function that is not evaluated."""


@dataclass(frozen=True)
class Placeholders:
    """Everything stays open: ``${AWS::Region}``, ``${STACK.LOGICAL_ID}``, the same wherever the same is meant."""

    def pseudo(self, name: str) -> str:
        """Return ``${AWS::Region}`` and the like."""
        return f"${{{name}}}"

    def made_up(self, resource: Resource) -> str:
        """Return ``${STACK.LOGICAL_ID}``."""
        return f"${{{resource.stack.name}.{resource.logical_id}}}"

    def extended(self, resource: Resource, name: str) -> str:  # noqa: ARG002 - nothing is known of it
        """Return the name alone."""
        return name

    def attribute(self, resource: Resource, attribute: str) -> str:
        """Return ``${STACK.LOGICAL_ID.ATTRIBUTE}``."""
        return f"${{{resource.stack.name}.{resource.logical_id}.{attribute}}}"

    def missing(self, stack: str, name: str) -> str:
        """Return ``${STACK.NAME}``."""
        return f"${{{stack}.{name}}}"

    function = missing


OPEN = "${?}"
"""Stands for any text."""


@dataclass(frozen=True)
class Alone(Placeholders):
    """Everything stays open as a template that stands alone says it: ``${LOGICAL_ID}``, ``${PARAMETER}``."""

    def made_up(self, resource: Resource) -> str:
        """Return ``${LOGICAL_ID}``."""
        return f"${{{resource.logical_id}}}"

    def extended(self, resource: Resource, name: str) -> str:
        """Return the name with an open end; nothing of it where something goes before it."""
        if resource.type in {"AWS::ECS::Service", "AWS::CloudFormation::Stack", "AWS::Events::Rule"}:
            return OPEN
        is_secret = resource.type == "AWS::SecretsManager::Secret" and name == self.made_up(resource)
        return name if is_secret or resource.type == "AWS::KMS::Alias" else f"{name}{OPEN}"

    def attribute(self, resource: Resource, attribute: str) -> str:
        """Return ``${LOGICAL_ID.ATTRIBUTE}``."""
        return f"${{{resource.logical_id}.{attribute}}}"

    def missing(self, stack: str, name: str) -> str:  # noqa: ARG002 - there is one stack
        """Return ``${NAME}``."""
        return f"${{{name}}}"

    function = missing


@dataclass(frozen=True)
class Filled:
    """Everything is filled in for one account and region; what AWS makes up is called by its logical id."""

    account: str
    region: str

    def pseudo(self, name: str) -> str:
        """Return the value of the account and region."""
        return {
            "AWS::AccountId": self.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::URLSuffix": "amazonaws.com",
        }.get(name, name)

    def made_up(self, resource: Resource) -> str:
        """Return the logical id, of a bucket in the small letters that its name has."""
        return resource.logical_id.lower() if resource.type == "AWS::S3::Bucket" else resource.logical_id

    def extended(self, resource: Resource, name: str) -> str:  # noqa: ARG002 - nothing is known of it
        """Return the name alone."""
        return name

    def attribute(self, resource: Resource, attribute: str) -> str:
        """Return ``LOGICAL_ID.ATTRIBUTE``, or an ARN made of the type's own words."""
        if not attribute.endswith("Arn"):
            return f"{self.made_up(resource)}.{attribute}"
        _, service, thing = resource.type.lower().split("::")
        return f"arn:aws:{service}:{self.region}:{self.account}:{thing}/{self.made_up(resource)}"

    def missing(self, stack: str, name: str) -> str:
        """Return ``STACK:NAME``."""
        return f"{stack}:{name}"

    def function(self, stack: str, name: str) -> str:
        """Return ``FUNCTION-of-STACK``."""
        return f"{name.removeprefix('Fn::')}-of-{stack}"
