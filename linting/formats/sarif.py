"""For code hosts and editors: SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reporting.findings import Finding, Severity
from reporting.text import printable

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATIONAL: "note"}


def render(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Give the log of one run."""
    rules = sorted({one.id for one in findings})
    run = {
        "tool": {"driver": {"name": "bin/lint", "rules": [{"id": rule} for rule in rules]}},
        "artifacts": [{"location": {"uri": _uri(file)}} for file in looked_at],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules.index(one.id)) for one in findings],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


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
