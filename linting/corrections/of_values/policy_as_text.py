"""E3510 to E3513: the validator takes policies as mappings alone; CloudFormation takes them as JSON text too."""

import json
from collections.abc import Mapping

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3510", "E3511", "E3512", "E3513", "F3012", "E3012")
TEXT_FUNCTIONS = {"Ref", "Fn::Sub", "Fn::Join", "Fn::ToJsonString", "Fn::ImportValue", "Fn::FindInMap"}


def corrected(finding: Finding, document: Document) -> Finding | None:
    value = document.at(finding.place)
    if not finding.place.endswith(("Document", "Policy", "PolicyText")):
        return finding
    if isinstance(value, Mapping) and TEXT_FUNCTIONS.intersection(value):
        return None  # what the text says, the deployment alone knows
    if not isinstance(value, str):
        return finding
    try:
        return None if isinstance(json.loads(value), dict) else finding
    except (ValueError, RecursionError):
        return finding
