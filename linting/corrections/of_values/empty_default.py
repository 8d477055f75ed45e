"""What the validator says of a parameter's empty default, which stands for "none is given"."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS: tuple[str, ...] = ()
EMPTY = ("'' ", "[''] ")
"""How sentences begin about a value that comes to nothing."""


def corrected(finding: Finding, document: Document) -> Finding | None:
    if finding.sentence.startswith(EMPTY) and document.at(finding.place) not in ("", [""]):
        return None
    return finding
