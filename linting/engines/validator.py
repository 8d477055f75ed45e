"""AWS's own offline validator: quick, and first to speak.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cloudformation-validate.html
"""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cloudformation_validate import CelEngine, Diagnostic

SWITCHED_OFF = {
    "I4010": "asks for a description of the architecture for language models; descriptions for people are there",
    "I9001": "tells of every property whose change replaces its resource; a change set tells it when it happens",
}
"""Rules that are not heeded, each with the reason."""

_SEVERITIES = {"FATAL": "error", "ERROR": "error", "WARN": "warning"}


def rows(file: str) -> list[list[Any]]:
    """Validate a file; a row is ``[line, column, id, severity, sentence, remedy, place]``.

    Rules that are switched off have none.
    """
    from cloudformation_validate import TemplateContent  # noqa: PLC0415 - it loads a native library

    report = _engine().validate_template(TemplateContent(Path(file).read_bytes(), file))
    return [_row(item) for item in report.diagnostics if item.rule_id not in SWITCHED_OFF]


@functools.cache
def _engine() -> "CelEngine":
    from cloudformation_validate import CelEngine  # noqa: PLC0415 - the same

    return CelEngine()


def _row(item: "Diagnostic") -> list[Any]:
    return [
        item.start_line or 0,
        item.start_column or 0,
        item.rule_id,
        _SEVERITIES.get(item.severity.name, "informational"),
        item.message,
        item.suggested_fix or "",
        item.property_path or "",
    ]
