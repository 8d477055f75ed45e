"""E0000 and F0000: both engines refuse a key that a mapping has twice; CloudFormation takes the last."""

import re
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E0000", "F0000")
TWICE = re.compile(r"Duplicate (?:found|key) '?\"?(.+?)\"?'?(?: \(line \d+\))?$")


def corrected(finding: Finding, document: Document) -> Finding | None:
    said = TWICE.match(finding.sentence)
    if said is None:
        return finding
    sentence = f"{said[1]} is given more than once here; CloudFormation takes the last."
    return replace(finding, id="W0000", severity=Severity.WARNING, sentence=sentence)
