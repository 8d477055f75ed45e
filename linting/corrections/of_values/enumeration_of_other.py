"""E9006: the validator pairs each value that a function can come to with each of another property.

An engine's version that is looked up by the engine in a mapping is held against the versions of every other engine.
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E9006",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    return finding if isinstance(document.at(finding.place), str) else None
