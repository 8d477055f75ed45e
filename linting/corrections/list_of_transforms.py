"""F1101, F3002 and F3003: the validator does not know all places of ``Fn::Transform``, nor that it takes a list.

What stands beside it in a mapping, the macro gives.
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1101", "F3002", "F3003")
TRANSFORM = "Fn::Transform"


def corrected(finding: Finding, document: Document) -> Finding | None:
    value = document.at(finding.place.removesuffix(f"/{TRANSFORM}"))
    if finding.id != "F1101":
        return None if isinstance(value, dict) and TRANSFORM in value else finding
    value = document.at(finding.place)
    macros = value if TRANSFORM in finding.sentence and isinstance(value, list) else []
    return None if macros and all(isinstance(one, dict) and "Name" in one for one in macros) else finding
