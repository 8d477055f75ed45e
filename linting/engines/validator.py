"""AWS's own offline validator: quick, and first to speak."""

import codecs
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cloudformation_validate import CelEngine, Diagnostic

SWITCHED_OFF = {
    "I4010": "asks for a description of the architecture for language models; descriptions for people are there",
    "W9003": "reports numbers where text is taken; CloudFormation writes them as text",
    "I9003": "reports that no region was given to look types of machines up in; a template goes to any",
    "I9001": "reports every property whose change replaces its resource; a change set tells it when it happens",
}
"""Rules that are not heeded, each with the reason."""

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cloudformation-validate.html"
"""Where it is documented; its rules have no pages of their own."""
OURS = re.compile("[EWI]9[1-9]")
"""How ids of this project begin; the validator's of the same form get an F."""
_BETWEEN_STEPS = re.compile("[./]")
_SEVERITIES = {"FATAL": "error", "ERROR": "error", "WARN": "warning"}


def rows(file: str) -> list[dict[str, Any]]:
    """Validate a file; a row has the members of a ``Finding`` without its file. Rules switched off have none."""
    from cloudformation_validate import TemplateContent  # noqa: PLC0415 - it loads a native library

    report = _engine().validate_template(TemplateContent(Path(file).read_bytes().removeprefix(codecs.BOM_UTF8), file))
    return [row(item) for item in report.diagnostics if item.rule_id not in SWITCHED_OFF]


@functools.cache
def _engine() -> "CelEngine":
    from cloudformation_validate import CelEngine  # noqa: PLC0415 - the same

    return CelEngine()


def row(item: "Diagnostic") -> dict[str, Any]:
    """Return the members of a ``Finding`` without its file, of what the validator reports."""
    return {
        "line": item.start_line or 0,
        "column": item.start_column or 0,
        "id": f"F{item.rule_id[1:]}" if OURS.match(item.rule_id) else item.rule_id,
        "severity": _SEVERITIES.get(item.severity.name, "informational"),
        "sentence": item.message,
        "remedy": item.suggested_fix or "",
        "place": "/".join(_steps(item)),
        "title": item.rule_description or "",
        "source": item.documentation_url or PAGE,
    }


def _steps(item: "Diagnostic") -> list[str]:
    """Return the path from the template's root; the validator's own may begin at the resource."""
    steps = _BETWEEN_STEPS.split(item.property_path or "")
    resource = item.entity.logical_id if item.entity and item.entity.entity_type.name == "RESOURCE" else None
    return ["Resources", resource, *filter(None, steps)] if resource and steps[0] != "Resources" else steps
