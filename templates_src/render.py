"""Writes a template as the text that is reviewed, linted and deployed: the same template gives the same bytes.

Sections stand in the order a person reads them, resources in the order their module made them, and within a resource
its type comes first.
"""

import json
from typing import Any

from troposphere import Template

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Conditions",
    "Resources",
    "Outputs",
)
FIRST_OF_RESOURCE = ("Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata")


def rendered(template: Template) -> str:
    """Return the JSON of ``template``, ending in a line feed; a missing required property raises ``ValueError``."""
    body = template.to_dict()
    ordered = {section: body[section] for section in SECTIONS if section in body}
    ordered["Resources"] = {name: _type_first(resource) for name, resource in body["Resources"].items()}
    return text(ordered)


def text(value: dict[str, Any]) -> str:
    """Give any document of `build/` in the one format that is used there."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _type_first(resource: dict[str, Any]) -> dict[str, Any]:
    first = {key: resource[key] for key in FIRST_OF_RESOURCE if key in resource}
    return first | resource
