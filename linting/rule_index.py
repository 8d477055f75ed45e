"""Every rule of this project, whatever it looks at: its id, title, why it is one, and where that is documented."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import lint_rules
from buildspecs.rules.catalogue import catalogue
from contracts.catalogue import CONTRACTS
from linting.appspecs.catalogue import RULES as APPSPEC_RULES
from linting.waivers import RULES as WAIVER_RULES
from reporting.findings import RuleText

OWN = re.compile("[EWI]9[1-9][0-9]{2}")
"""The ids of this project; all others are those of the engines."""


def entries() -> Sequence[RuleText]:
    """Return every rule and contract, in the order of their numbers."""
    found: list[Any] = [*lint_rules.rules().values(), *catalogue(), *CONTRACTS, *APPSPEC_RULES, *WAIVER_RULES]
    made = {one.id: RuleText(one.id, one.shortdesc, one.description, one.source_url) for one in found}
    return sorted(made.values(), key=lambda one: (one.id[1:], one.id))


@cache
def _by_id() -> Mapping[str, RuleText]:
    return {one.id: one for one in entries()}


def own_rule(identifier: str) -> RuleText | None:
    """Return the rule of this project with that id; None for one of cfn-lint's or of the validator's."""
    return _by_id().get(identifier) if OWN.fullmatch(identifier) else None
