"""E3691 and others: rules of cfn-lint whose findings AWS need not share; an error is what fails for certain.

Lists of machines and versions age with cfn-lint, and AWS takes the begin of a version too. Where a property documents
an ARN or an id, some services take a name. What a page of AWS says not to combine is often passed over.
"""

from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

LISTS = (
    *("E3025", "E3062", "E3617", "E3620", "E3621", "E3628", "E3635", "E3640", "E3641", "E3642", "E3643", "E3644"),
    *("E3647", "E3652", "E3653", "E3667", "E3670", "E3672", "E3675", "E3690", "E3691", "E3694", "E3695", "E3716"),
)
"""Types of machines, versions of engines and accounts of layers."""
FORMS = (
    *("E1040", "E1041", "E1103", "E1150", "E1151", "E1152", "E1153", "E1154", "E1155", "E1156", "E1157", "E1158"),
    *("E1159", "E1160", "E1162", "E1164"),
)
"""Forms of names, ids and ARNs."""
ADVICE = (
    *("E3020", "E3021", "E3024", "E3051", "E3601", "E3680", "E3682", "E3686", "E3689", "E3692", "E3693", "E3703"),
    *("E3707", "E3709", "E3719", "E3720", "E3721"),
)
"""What pages of AWS say of combinations, and formats of other services."""
ITS_OWN = {"E0001": "Error transforming template"}
"""What cfn-lint can't work out of a template's language extensions, which CloudFormation may."""
EMPTY = {"E3032": ", found: 0"}
"""Lists that want an item; an empty one is often taken for none."""
UNDOCUMENTED = {"E1700": "does not match", "E8001": "does not match", "E4001": "Additional properties"}
"""Forms that AWS's own published templates do without: the names of rules and conditions, labels in the metadata."""

SAYS = {**dict.fromkeys((*LISTS, *FORMS, *ADVICE), ""), **ITS_OWN, **EMPTY, **UNDOCUMENTED}
IDS = tuple(SAYS)


def corrected(finding: Finding, document: Document) -> Finding | None:  # noqa: ARG001 - as all corrections
    """See the module."""
    if SAYS[finding.id] not in finding.sentence:
        return finding
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING)
