"""F1101: the validator's YAML reader refuses what YAML and CloudFormation take, as a quote at its key's column."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1101",)
UNREADABLE = "YAML parse error"


def corrected(finding: Finding, document: Document) -> Finding | None:
    """See the module."""
    return None if finding.sentence.startswith(UNREADABLE) and document.root is not None else finding
