"""E3680 and E3703: cfn-lint judges a parameter's empty default, which stands for "none is given"."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3680", "E3703")


def corrected(finding: Finding, document: Document) -> Finding | None:
    value = document.at(finding.place)
    name = value.get("Ref") if isinstance(value, dict) else None
    return None if name and document.at(f"Parameters/{name}/Default") == "" else finding
