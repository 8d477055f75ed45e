"""E9603 and W9603."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from cfnlint.template.template import Template

from lint_rules.agreement.alone import TYPES, indexes, trimmed
from lint_rules.model.rule import Fault, Rule

if TYPE_CHECKING:
    from contracts.permissions.required import Judged, Lack


class MissingRights(Rule):
    """Roles that do not allow what is done with them, in no outcome of the conditions."""

    id = "E9603"
    shortdesc = "Whoever acts may do what it does"
    description = (
        "What a pipeline's actions, a build's buildspec and commands, the start of a task, a rule's target and a "
        "deployment do is known before they run, and so are the roles that they run under. A right that is missing "
        "ends a release in the middle: ssm:GetParameters in DOWNLOAD_SOURCE, ecr:GetAuthorizationToken before a login, "
        "ecr:PutImage in EOF. What a parameter, an unread policy or another template may grant is not reported."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html"
    types = TYPES
    certain: ClassVar[bool] = True

    def match(self, cfn: Template) -> list[Fault]:
        """See the class."""
        return [_fault(lack, cfn) for lack in _lacks(cfn) if lack.is_certain == self.certain]


class LikelyRights(MissingRights):
    """Roles that do not allow what is asked for in most cases."""

    id = "W9603"
    shortdesc = "Whoever acts may do what it does in most cases"
    description = (
        "Some rights are asked for only where a bucket keeps versions, a task definition has tags, a log group is not "
        "there yet, or a build has reports. The services' guides have all of them in the roles that they show."
    )
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
    return Fault(place, sentence(lack), remedy=remedy(lack))
