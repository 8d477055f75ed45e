"""AWS's own offline validator: quick, and first to speak.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cloudformation-validate.html
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reporting.findings import Finding, Severity

if TYPE_CHECKING:
    from cloudformation_validate import Diagnostic

SWITCHED_OFF = {
    "I4010": "asks for a description of the architecture for language models; descriptions for people are there",
    "I9001": "tells of every property whose change replaces its resource; a change set tells it when it happens",
}
"""Rules that are not heeded, each with the reason."""

_SEVERITIES = {"FATAL": Severity.ERROR, "ERROR": Severity.ERROR, "WARN": Severity.WARNING}


def findings(templates: Mapping[str, bytes]) -> dict[str, list[Finding]]:
    """Validate ``templates`` (file name to bytes); gives the findings of each file, without those switched off."""
    from cloudformation_validate import CelEngine, TemplateContent  # noqa: PLC0415 - it loads a native library

    engine = CelEngine()
    found = {}
    for file, content in templates.items():
        report = engine.validate_template(TemplateContent(content, file))
        heeded = [item for item in report.diagnostics if item.rule_id not in SWITCHED_OFF]
        found[file] = [_finding(file, item) for item in heeded]
    return found


def _finding(file: str, item: "Diagnostic") -> Finding:
    return Finding(
        file=file,
        line=item.start_line or 0,
        column=item.start_column or 0,
        id=item.rule_id,
        severity=_SEVERITIES.get(item.severity.name, Severity.INFORMATIONAL),
        sentence=item.message,
        remedy=item.suggested_fix or "",
        place=item.property_path or "",
    )
