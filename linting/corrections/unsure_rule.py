"""E3691 and others: rules of cfn-lint whose findings AWS need not share; an error is what fails for certain.

That is what CloudFormation itself refuses: a text that it can't read, a name that nothing has, a section of another
form, a property that is not in the schema of its type. Beyond these, a rule is heeded that was right on published
templates. Others go by lists that age (machines, versions, SAM's globals), by forms of names and ids where some
services take others, and by what a page says not to combine or not to use, which is often passed over. A runtime of
Lambda's that new functions are refused, and functions that are there are not, is none of them either.
"""

import re
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS: tuple[str, ...] = ()
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


def corrected(finding: Finding, document: Document) -> Finding | None:
    is_sure = finding.id in SURE and not (finding.id in UNLESS and UNLESS[finding.id].search(finding.sentence))
    if is_sure or finding.severity is not Severity.ERROR or not OF_CFN_LINT.match(finding.id):
        return finding
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING)
