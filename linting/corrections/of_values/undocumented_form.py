"""E1700, E8001 and E4001: cfn-lint wants forms that AWS's own published templates do without.

A rule's name with an underscore, a condition's with a hyphen, and labels with more than ``default`` in the metadata.
"""

from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E1700", "E8001", "E4001")
SAYS = {"E1700": "does not match", "E8001": "does not match", "E4001": "Additional properties"}


def corrected(finding: Finding, document: Document) -> Finding | None:  # noqa: ARG001 - as all corrections
    """See the module."""
    if SAYS[finding.id] not in finding.sentence:
        return finding
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING)
