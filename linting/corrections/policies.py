"""Policies of IAM, which an engine reads more narrowly than IAM."""

import json
from collections.abc import Mapping

from linting.corrections.correction import about
from linting.corrections.document import Document
from reporting.findings import Finding

RESOLVED = "'{{resolve:"


@about("E3510")
def dynamic_reference(finding: Finding, document: Document) -> Finding | None:
    """E3510: cfn-lint reads a dynamic reference as the ARN that CloudFormation puts in its place.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    return None if finding.sentence.startswith(RESOLVED) else finding


EQUAL_SIDS = "array items are not unique for keys ['Sid']"


@about("E3510", "E3511", "E3512", "E3513", "E3530")
def empty_sid(finding: Finding, document: Document) -> Finding | None:
    """E3510 and its kin: both engines refuse an empty ``Sid``, or two; IAM takes it for none, and consoles write it."""
    value = document.at(finding.place)
    if finding.sentence == EQUAL_SIDS and isinstance(value, list):
        names = [one["Sid"] for one in value if isinstance(one, dict) and one.get("Sid")]
        return finding if any(name in names[:index] for index, name in enumerate(names)) else None
    return None if finding.place.endswith("/Sid") and value == "" else finding


TEXT_FUNCTIONS = {"Ref", "Fn::Sub", "Fn::Join", "Fn::ToJsonString", "Fn::ImportValue", "Fn::FindInMap"}


@about("E3510", "E3511", "E3512", "E3513", "F3012", "E3012")
def policy_as_text(finding: Finding, document: Document) -> Finding | None:
    """E3510 to E3513: the validator takes policies as mappings alone; CloudFormation takes them as JSON text too."""
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
