"""Contracts as rules about one template of anybody's."""

import importlib
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from cfnlint.template.template import Template

from lint_rules.agreement.alone import TYPES, indexes, trimmed
from lint_rules.agreement.described import described
from lint_rules.model.rule import Fault, Rule

if TYPE_CHECKING:
    from reporting.findings import Finding

_found: WeakKeyDictionary[Template, dict[str, list["Finding"]]] = WeakKeyDictionary()


class ContractRule(Rule):
    """A rule that ``contracts/CONTRACT.py`` finds in some outcome of the conditions."""

    types = TYPES
    contract: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        described(cls)

    def match(self, cfn: Template) -> list[Fault]:
        found = {(one.place, one.sentence): one for one in _findings(cfn, self.contract) if one.id == self.id}
        return [
            Fault(trimmed(cfn.template, place), f"{one.sentence} {one.remedy}") for (place, _), one in found.items()
        ]


def _findings(cfn: Template, contract: str) -> list["Finding"]:
    known = _found.setdefault(cfn, {})
    if contract and contract not in known:
        every = indexes(cfn)
        # It is imported where there is something to find: most templates have nothing of it.
        module = importlib.import_module(f"contracts.{contract}") if every else None
        known[contract] = [one for index in every if module for one in module.findings(index)]
    return known.get(contract, [])
