"""For code hosts and editors: SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from linting.rule_index import own_rule
from reporting.findings import Finding, Severity
from reporting.text import printable

_NOT_IN_NAMES = re.compile("[^A-Za-z0-9]")
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATIONAL: "note"}


def render(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Return the log of one run."""
    rules = {one.id: one for one in sorted(findings, key=lambda one: one.id)}
    numbers = {identifier: number for number, identifier in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "pipeline-lint", "rules": [_rule(one) for one in rules.values()]}},
        "artifacts": [{"location": {"uri": _uri(file)}} for file in looked_at],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, numbers[one.id]) for one in findings],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(finding: Finding) -> Mapping[str, Any]:
    """Describe a rule, as one of its findings says; code hosts show the title, and link to the page."""
    title = printable(finding.title or finding.id)
    known = own_rule(finding.id)
    why = known.description if known else ""
    described = {
        "id": finding.id,
        "name": _NOT_IN_NAMES.sub("", title.title()),
        "shortDescription": {"text": title},
        "fullDescription": {"text": why or f"{title}."},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }
    return described | (
        {"helpUri": finding.source, "help": {"text": f"See {finding.source}"}} if finding.source else {}
    )


def _result(finding: Finding, rule: int) -> Mapping[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        location["region"] = {"startLine": finding.line, **({"startColumn": finding.column} if finding.column else {})}
    logical = {"logicalLocations": [{"fullyQualifiedName": printable(finding.place)}]} if finding.place else {}
    return {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": printable(f"{finding.sentence} {finding.remedy}".strip())},
        "locations": [{"physicalLocation": location, **logical}],
    }


def _uri(file: str) -> str:
    return Path(file).as_uri() if Path(file).is_absolute() else quote(os.fsencode(file))
