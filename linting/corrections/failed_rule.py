"""E0002: a rule of cfn-lint fails on a template; that is no fault of the template."""

from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E0002",)
FAILED = "Unknown exception while processing rule "


def corrected(finding: Finding, document: Document) -> Finding | None:  # noqa: ARG001 - as all corrections
    """See the module."""
    if not finding.sentence.startswith(FAILED):
        return finding
    rule = finding.sentence.removeprefix(FAILED).partition(":")[0]
    sentence = f"cfn-lint's rule {rule} failed here, and was not applied."
    return replace(finding, id="W0002", severity=Severity.WARNING, sentence=sentence)
