"""E9603 and W9614."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from cfnlint.template.template import Template

from lint_rules.agreement.alone import TYPES, indexes, trimmed
from lint_rules.agreement.described import described
from lint_rules.model.rule import Fault, Rule

if TYPE_CHECKING:
    from contracts.permissions.required import Judged, Lack


@described
class MissingRights(Rule):
    """Roles that do not allow what is done with them, in any outcome of the conditions."""

    id = "E9603"
    types = TYPES
    certain: ClassVar[bool] = True

    def match(self, cfn: Template) -> list[Fault]:
        return [_fault(lack, cfn) for lack in _lacks(cfn) if lack.is_certain == self.certain]


@described
class LikelyRights(MissingRights):
    """Roles that do not allow what is asked for in most cases."""

    id = "W9614"
    certain = False


_found: WeakKeyDictionary[Template, list["Lack"]] = WeakKeyDictionary()


def _lacks(cfn: Template) -> list["Lack"]:
    if cfn not in _found:
        _found[cfn] = list(_missing(cfn)) if indexes(cfn) else []
    return _found[cfn]


def _missing(cfn: Template) -> Iterator["Lack"]:
    from contracts.permissions.findings import uses  # noqa: PLC0415 - it takes long to import
    from contracts.permissions.required import judged, lacks  # noqa: PLC0415 - the same

    missing: dict[tuple[str, str, str, str], Judged] = {}
    granted = set()
    for index in indexes(cfn):
        for one in judged(uses(index), index):
            if one.missing:
                missing.setdefault(one.key, one)
            else:
                granted.add(one.key)
    yield from lacks(one for key, one in missing.items() if key not in granted)


def _fault(lack: "Lack", cfn: Template) -> Fault:
    from contracts.permissions.findings import remedy, sentence  # noqa: PLC0415 - the same

    place = trimmed(cfn.template, f"Resources/{lack.role.id}/Properties/Policies")
    return Fault(place, f"{sentence(lack)} {remedy(lack)}")
