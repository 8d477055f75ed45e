"""E3510 and its kin: both engines refuse an empty ``Sid``, or two; IAM takes it for none, and consoles write it."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3510", "E3511", "E3512", "E3513", "E3530")
EQUAL = "array items are not unique for keys ['Sid']"


def corrected(finding: Finding, document: Document) -> Finding | None:
    value = document.at(finding.place)
    if finding.sentence == EQUAL and isinstance(value, list):
        names = [one["Sid"] for one in value if isinstance(one, dict) and one.get("Sid")]
        return finding if any(name in names[:index] for index, name in enumerate(names)) else None
    return None if finding.place.endswith("/Sid") and value == "" else finding
