"""E0002, and E1010 and the like: a rule of cfn-lint fails on a template; that is no fault of the template."""

import re
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS: tuple[str, ...] = ()
FAILED = re.compile(r"Unknown exception while processing rule (\w+)|Exception \".*\" raised while validating '(\w+)'")


def corrected(finding: Finding, document: Document) -> Finding | None:
    failed = FAILED.match(finding.sentence)
    if failed is None:
        return finding
    sentence = f"cfn-lint's rule {failed[1] or failed[2]} failed here, and was not applied."
    return replace(finding, id="W0002", severity=Severity.WARNING, sentence=sentence)
