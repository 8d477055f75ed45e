"""E3510 and its kin: both engines refuse an empty ``Sid``; IAM takes it, and consoles and tools write it."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3510", "E3511", "E3512", "E3513")


def corrected(finding: Finding, document: Document) -> Finding | None:
    """See the module."""
    return None if finding.place.endswith("/Sid") and document.at(finding.place) == "" else finding
