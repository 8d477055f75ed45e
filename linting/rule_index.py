"""Every rule of this project, whatever it looks at: its id, title, why it is one, and where that is documented."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import lint_rules
from buildspecs.rules.catalogue import catalogue
from contracts.catalogue import CONTRACTS
from lint_rules.model.rule import Rule
from linting.appspecs.catalogue import RULES as APPSPEC_RULES
from linting.waivers import RULES as WAIVER_RULES

OWN = re.compile("[EWI]9[1-9][0-9]{2}")
"""The ids of this project; all others are those of the engines."""


@dataclass(frozen=True)
class Entry:
    """A rule or a contract."""

    id: str
    title: str
    why: str
    source: str


def entries() -> Sequence[Entry]:
    """Give every rule and contract, in the order of their numbers."""
    found: list[Any] = [*_pack(), *catalogue(), *CONTRACTS, *APPSPEC_RULES, *WAIVER_RULES]
    made = {one.id: Entry(one.id, one.shortdesc, one.description, one.source_url) for one in found}
    return sorted(made.values(), key=lambda one: (one.id[1:], one.id))


@cache
def _by_id() -> Mapping[str, Entry]:
    return {one.id: one for one in entries()}


def own_rule(identifier: str) -> Entry | None:
    """Return the rule of this project with that id; None for one of cfn-lint's or of the validator's."""
    return _by_id().get(identifier) if OWN.fullmatch(identifier) else None


def _pack() -> Iterator[Rule]:
    for found in pkgutil.walk_packages(lint_rules.__path__, "lint_rules."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Rule) and kind.id and kind.__module__ == found.name:
                yield kind()
