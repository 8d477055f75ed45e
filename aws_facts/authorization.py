"""Which services the Service Authorization Reference is kept for here, and what it says of their actions.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aws_facts import FOLDER, facts


class ActionFacts(NamedTuple):
    """An action: its access level, the resource types that it takes (none: ``*`` alone), and condition keys."""

    name: str
    level: str
    types: Sequence[str]
    keys: Sequence[str]


@functools.cache
def services() -> frozenset[str]:
    """Return the prefixes, such as ``ecr``, of the services that are kept."""
    return frozenset(file.stem for file in (FOLDER / "authorization").glob("*.json"))


@functools.cache
def actions_of(service: str) -> Mapping[str, ActionFacts]:
    """Return the actions of a service by name in small letters; none for a service that is not kept."""
    if service not in services():
        return {}
    actions = facts(f"authorization/{service}")["actions"]
    return {name.lower(): ActionFacts(name, level, types, keys) for name, (level, types, keys) in actions.items()}


def takes_no_resource(action: str) -> bool:
    """Check whether a policy can allow ``action`` on ``*`` alone; not so for an action that is not kept."""
    service, _, name = action.lower().partition(":")
    known = actions_of(service).get(name)
    return known is not None and not known.types
