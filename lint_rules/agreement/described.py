"""Takes what a rule says of itself from the contract of the same id."""

from typing import TypeVar

from contracts.catalogue import RULES
from lint_rules.model.rule import Rule

Kind = TypeVar("Kind", bound=Rule)


def described(kind: type[Kind]) -> type[Kind]:
    """Return the rule with the texts of its contract."""
    contract = RULES[kind.id]
    kind.shortdesc, kind.description, kind.source_url = contract.shortdesc, contract.description, contract.source_url
    return kind
