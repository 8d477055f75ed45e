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

MODULES = {
    "E9606": "artifacts",
    "E9607": "deployments.image_definitions",
    "W9615": "deployments.pushed_images",
    "W9616": "deployments.ways_out",
    "W9617": "deployments.pushed_images",
    "W9618": "deployments.change_of_stack",
    "W9619": "deployments.keys_of_builds",
    "W9620": "deployments.pushed_images",
    "W9621": "deployments.starting_rules",
    "W9622": "deployments.health_programs",
    "W9623": "deployments.image_sources",
    "W9624": "deployments.blue_green_files",
    "W9625": "deployments.scans",
    "W9626": "deployments.scans",
    "E9627": "deployments.blue_green_files",
    "E9629": "deployments.target_roles",
}
"""The rules, each with the module of ``contracts/`` that finds it."""

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


# cfn-lint takes the classes that it finds in a module.
globals().update({one: type(one, (ContractRule,), {"id": one, "contract": MODULES[one]}) for one in MODULES})
