"""W2509: the validator takes any parameter whose name has a secret's in it for one; the ARN of a secret is none."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("W2509",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    del document
    return None if finding.place.lower().endswith("arn") else finding
