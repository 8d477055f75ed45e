"""All rules, found by their files."""

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache

from buildspecs import rules
from buildspecs.rules.reading.reading_rules import READING_RULES
from buildspecs.rules.rule import Rule


@cache
def catalogue() -> Sequence[Rule]:
    """Return one of each rule, in the order of their numbers."""
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        importlib.import_module(module.name)
    kinds = _below(Rule)  # type: ignore[type-abstract] # it is where the search begins
    return sorted((*READING_RULES, *(kind() for kind in kinds)), key=lambda rule: rule.id[1:])


def _below(kind: type[Rule]) -> list[type[Rule]]:
    kinds = kind.__subclasses__()
    return [one for one in kinds if "id" in vars(one)] + [below for one in kinds for below in _below(one)]
