"""What each action of a service takes: its resources, access level and condition keys, as AWS's reference says."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aws_facts import facts
from aws_facts.authorization import actions_of
from lint_rules.model.statement_parts import Action
from system_model.patterns import WITHIN, overlap

REFERENCE = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "reference_policies_actions-resources-contextkeys.html"
)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SEGMENTS = {"Partition", "Region", "Account", "Name"}


class Right(NamedTuple):
    """One action of a service, and what a policy may say of it."""

    name: str
    """As ``service:Action``."""
    level: str
    """List, Read, Write, ``Permissions management, Write`` or ``Tagging, Write``."""
    types: tuple[str, ...]
    """The kinds of resources it takes; none when it takes ``*`` alone."""
    keys: tuple[str, ...]
    """The condition keys of its service that are there when it is asked for."""

    @property
    def arns(self) -> Sequence[str]:
        """The ARNs of what it takes, as the reference writes them."""
        service = self.name.partition(":")[0]
        forms, given = facts("resource_forms"), facts(f"authorization/{service}")["resources"]
        further: Mapping[str, list[str]] = forms["further"].get(service, {})
        arns = [arn for kind in self.types for arn in (given.get(kind, "*"), *further.get(kind, ()))]
        return [*arns, *forms["actions"].get(self.name, ())]

    def takes(self, resource: str) -> bool:
        """Whether ``resource``, a pattern as ``arns.resolved`` gives it, may be one that the action takes."""
        return any(overlap(resource, form(arn)) for arn in self.arns)


@functools.cache
def form(arn: str) -> str:
    """Return an ARN of the reference as a pattern; what stands for ``${...}`` in it may be anything, or one segment."""
    named = _SEGMENTS | set(facts("resource_forms")["named"])
    return _VARIABLE.sub(lambda match: WITHIN if match[1] in named else "*", arn)


@functools.cache
def service_rights(service: str) -> Mapping[str, Right]:
    """Give the rights of ``service`` (a prefix such as ``ecr``), by name in small letters; none when not known here."""
    return {
        key: Right(f"{service}:{one.name}", one.level, tuple(one.types), tuple(one.keys))
        for key, one in actions_of(service).items()
    }


def rights(action: Action) -> Sequence[Right]:
    """Return the rights that ``action`` stands for; none when its service is not known here, or all are meant."""
    return _rights(action.pattern)


@functools.lru_cache(maxsize=2048)
def _rights(pattern: str) -> Sequence[Right]:
    service, _, name = pattern.lower().partition(":")
    known = service_rights(service)
    if "${" in pattern or not known:
        return ()
    if "*" not in name and "?" not in name:
        return (known[name],) if name in known else ()
    return tuple(right for key, right in known.items() if overlap(name, key))
