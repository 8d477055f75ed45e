"""E2015: cfn-lint does not find a default among allowed values that are written otherwise; CloudFormation reads texts.

``Default: '-1'`` is one of ``AllowedValues: [-1, 1]``, and ``Default: true`` one of ``['true', 'false']``.
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E2015",)
SAYS = "Default should be a value within AllowedValues"


def corrected(finding: Finding, document: Document) -> Finding | None:
    parameter = document.at("/".join(finding.place.split("/")[:2]))
    if finding.sentence != SAYS or not isinstance(parameter, dict):
        return finding
    allowed, default = parameter.get("AllowedValues"), _text(parameter.get("Default"))
    return None if isinstance(allowed, list) and default in map(_text, allowed) else finding


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
