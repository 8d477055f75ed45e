"""F3037: the validator takes items for equal whose parameters have the same default."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F3037",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    items = document.at(finding.place)
    if not isinstance(items, list) or any(item in items[:index] for index, item in enumerate(items)):
        return finding
    return None
