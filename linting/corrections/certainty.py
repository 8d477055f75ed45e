"""What is a warning, as AWS need not share it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lint_rules.model.wording import UNDER_ONE
from linting.corrections.correction import about, warning
from linting.corrections.document import Document, is_decided_later
from reporting.findings import Finding, Severity

FAILED = re.compile(r"Unknown exception while processing rule (\w+)|Exception \".*\" raised while validating '(\w+)'")


@about()
def failed_rule(finding: Finding, document: Document) -> Finding | None:
    """E0002, and E1010 and the like: a rule of cfn-lint fails on a template; that is no fault of the template."""
    failed = FAILED.match(finding.sentence)
    if failed is None:
        return finding
    sentence = f"cfn-lint's rule {failed[1] or failed[2]} failed here, and was not applied."
    return replace(finding, id="W0002", severity=Severity.WARNING, sentence=sentence)


WHEN = re.compile(r"(?: when)* when condition [\"'].*")
OF_VALUES = re.compile("E(?:11|3|9[1-9])")
"""How the ids begin of rules about values; a branch that nobody chooses may hold anything, but names what is there."""
REQUIRED = " is a required property"
SHARED_NAME = "E3019"
QUOTED = re.compile(r"'(\w+)'")


@about()
def one_outcome(finding: Finding, document: Document) -> Finding | None:
    """Make a warning of what cfn-lint finds under one outcome of the conditions, which nobody may ever choose."""
    if finding.severity is not Severity.ERROR or not _depends(finding, document):
        return finding
    sentence = WHEN.sub("", finding.sentence).replace(UNDER_ONE, "").rstrip(".") + UNDER_ONE
    return warning(finding, sentence)


def _depends(finding: Finding, document: Document) -> bool:
    in_branch = OF_VALUES.match(finding.id) and "Fn::If" in finding.place.split("/")
    if in_branch or WHEN.search(finding.sentence) or UNDER_ONE in finding.sentence:
        return True
    if finding.sentence.endswith(REQUIRED):
        holder = document.at(finding.place)
        named = QUOTED.findall(finding.sentence)
        return isinstance(holder, Mapping) and any(isinstance(holder.get(name), Mapping) for name in named)
    if finding.id == SHARED_NAME and _is_decided(document.at(finding.place)):
        return True
    names = QUOTED.findall(finding.sentence.rpartition("{")[2])  # none in a sentence that was cut
    return finding.id == SHARED_NAME and any(
        isinstance(one := document.at(f"Resources/{name}"), Mapping) and "Condition" in one
        for name in (*names, *finding.place.split("/")[1:2])
    )


def _is_decided(value: object) -> bool:
    """Check whether a condition decides a name, or the value of one of several properties."""
    return is_decided_later(value) or (isinstance(value, Mapping) and any(map(is_decided_later, value.values())))


OF_CFN_LINT = re.compile("E(?!9[1-9])")
READ = "E0000 E0003 E1001 E1002 E1003 E1004 E1005 E6001 E6002 E6003 E6004 E6010 E6011 E7001 E7002 E7010"
"""What is no template, or has a section of another form."""
NAMES = (
    "E1010 E1011 E1015 E1016 E1017 E1018 E1019 E1020 E1021 E1022 E1024 E1028 E1030 E1031 E1032 E2001 E2002 E2003 E2010 "
    "E2011 E2015 E3004 E3005 E3006 E3007 E3015 E3066 E5001 E6005 E6101 E6102 E8001 E8002 E8003 E8004 E8005 E8006 E8007"
)
"""Functions, conditions and parameters, and what they name."""
SCHEMAS = (
    "E3001 E3002 E3003 E3008 E3010 E3011 E3012 E3014 E3016 E3017 E3018 E3030 E3031 E3032 E3033 E3034 E3035 E3036 E3037 "
    "E3038 E3040 E3055 E3510 E3511 E3512 E3513 E3514 E3530"
)
"""Resources by the schemas of their types, and policies by IAM's grammar."""
SEEN = (
    "E1161 E2530 E2533 E3019 E3039 E3042 E3045 E3047 E3048 E3052 E3054 E3057 E3059 E3060 E3660 E3663 E3676 E3677 "
    "E3700 E3701 E3702 E3710"
)
"""Rules about services that say what the service refuses."""
SURE = frozenset(f"{READ} {NAMES} {SCHEMAS} {SEEN}".split())
UNLESS = {
    "E3003": re.compile("'Code' is a required"),
    "E3032": re.compile(", found: 0"),
    "E3510": re.compile("'arn:(?:[^:']*:){4}"),
    "E8001": re.compile("does not match"),
}
"""What the rules above say that is not sure: of the code of a function, which packaging adds; of an empty list, often
taken for none; of what is an ARN, but for its account, which may be a placeholder; of a condition's name."""


@about()
def unsure_rule(finding: Finding, document: Document) -> Finding | None:
    """E3691 and others: rules of cfn-lint whose findings AWS need not share; an error is what fails for certain.

    That is what CloudFormation itself refuses: a text that it can't read, a name that nothing has, a section of another
    form, a property that is not in the schema of its type. Beyond these, a rule is heeded that was right on published
    templates. Others go by lists that age (machines, versions, SAM's globals), by forms of names and ids where some
    services take others, and by what a page says not to combine or not to use, which is often passed over. A runtime of
    Lambda's that new functions are refused, and functions that are there are not, is none of them either.
    """
    is_sure = finding.id in SURE and not (finding.id in UNLESS and UNLESS[finding.id].search(finding.sentence))
    if is_sure or finding.severity is not Severity.ERROR or not OF_CFN_LINT.match(finding.id):
        return finding
    return warning(finding, finding.sentence)


OF_TEXT = ("E0000", "F0000", "F1101", "E0002")
"""Ids of what is no YAML or JSON, which no macro gets to see."""
OWN = re.compile("[EWI]9[1-9]")
"""How this project's ids begin, which are about properties that macros leave alone."""


@about()
def macro_of_account(finding: Finding, document: Document) -> Finding | None:
    """Make a warning of what cfn-lint and the validator refuse in a template that a macro of the account rewrites.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
    """
    if finding.severity is not Severity.ERROR or finding.id in OF_TEXT or OWN.match(finding.id):
        return finding
    macro = next(_macros(document), None)
    if macro is None:
        return finding
    sentence = f"{finding.sentence.rstrip('.')}, unless the macro {macro} makes something else of it."
    return warning(finding, sentence)


def _macros(document: Document) -> Iterator[str]:
    """Yield the macros of the whole template that are not AWS's."""
    root = document.root
    named = root.get("Transform") if isinstance(root, dict) else None
    for one in named if isinstance(named, list) else [named]:
        name = one.get("Name") if isinstance(one, dict) else one
        if isinstance(name, str) and not name.startswith("AWS::"):
            yield name
