"""Every rule of this project, whatever it looks at, and what an id means: ``--explain ID``."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import lint_rules
from buildspecs.rules.catalogue import catalogue
from contracts.catalogue import CONTRACTS
from linting.appspecs.catalogue import RULES as APPSPEC_RULES
from linting.result_cache import CONFIGURATION
from linting.waivers import RULES as WAIVER_RULES
from reporting.errors import CannotRunError
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


LEVELS = {
    "E": "an error: AWS refuses it at deploy time, or it fails when it runs",
    "F": "an error: AWS's validator says that CloudFormation can't read or make it",
    "W": "a warning: it works, but loses data, is not safe, or will fail in a likely situation",
    "I": "advice",
}
VALIDATOR = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cloudformation-validate.html"


def explained(identifier: str) -> str:
    """Return a few lines about the rule with that id, of this project or of an engine."""
    # An error may have become a warning, since it depends.
    entry = next(filter(None, map(_entry, (identifier, f"E{identifier[1:]}"))), None)
    if entry is None:
        raise CannotRunError(f"--explain {identifier}: no rule has this id; ids are as in findings, such as E9101.")
    said = filter(None, (entry.description, f"{identifier} is {LEVELS[identifier[0]]}."))
    return "\n".join([f"{entry.id}: {entry.shortdesc}", "", *said, "", f"{entry.source_url}\n"])


def _entry(identifier: str) -> RuleText | None:
    return own_rule(identifier) or _of_cfn_lint(identifier) or _of_validator(identifier)


def _of_cfn_lint(identifier: str) -> RuleText | None:
    from linting.engines.cfn_lint import CfnLint  # noqa: PLC0415 - it takes half a second

    rule = CfnLint(str(CONFIGURATION)).rule(identifier)
    return RuleText(rule.id, rule.shortdesc, rule.description, rule.source_url) if rule else None


def _of_validator(identifier: str) -> RuleText | None:
    from cloudformation_validate import CelEngine  # noqa: PLC0415 - it loads a native library

    rules = (one for one in CelEngine().list_rules() if one.id == identifier)
    return next((RuleText(one.id, one.description, "", VALIDATOR) for one in rules), None)
