"""What a finding's id means: ``--explain ID``."""

from linting.result_cache import CONFIGURATION
from linting.rule_index import Entry, own_rule
from reporting.errors import CannotRunError

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
    level = f"{identifier} is {LEVELS[identifier[0]]}."
    return "\n".join([f"{entry.id}: {entry.title}", "", *filter(None, (entry.why, level)), "", entry.source]) + "\n"


def _entry(identifier: str) -> Entry | None:
    return own_rule(identifier) or _of_cfn_lint(identifier) or _of_validator(identifier)


def _of_cfn_lint(identifier: str) -> Entry | None:
    from linting.engines.cfn_lint import CfnLint  # noqa: PLC0415 - it takes half a second

    rule = CfnLint(str(CONFIGURATION)).rule(identifier)
    return Entry(rule.id, rule.shortdesc, rule.description, rule.source_url) if rule else None


def _of_validator(identifier: str) -> Entry | None:
    from cloudformation_validate import CelEngine  # noqa: PLC0415 - it loads a native library

    rules = (one for one in CelEngine().list_rules() if one.id == identifier)
    return next((Entry(one.id, one.description, "", VALIDATOR) for one in rules), None)
