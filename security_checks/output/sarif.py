"""All findings as SARIF 2.1.0, a run a check; those that are waived are suppressed there.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reporting.findings import Severity
from security_checks.results import Judged, Result, Status

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATIONAL: "note"}


def write(results: Sequence[Result], path: Path) -> None:
    """Write the file."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(one) for one in results]}
    path.write_text(json.dumps(log, indent=2) + "\n", encoding="utf-8")


def _run(result: Result) -> dict[str, Any]:
    rules = sorted({judged.finding.id for judged in result.judged})
    return {
        "tool": {"driver": {"name": f"security-checks/{result.check}", "rules": [{"id": one} for one in rules]}},
        "invocations": [{"executionSuccessful": result.status is not Status.NOT_CHECKED}],
        "results": [_result(one, rules) for one in result.judged],
    }


def _result(judged: Judged, rules: Sequence[str]) -> dict[str, Any]:
    finding, waiver = judged.finding, judged.waiver
    path, _, line = finding.place.partition(":")
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
    if line.isdecimal() and int(line):
        location["region"] = {"startLine": int(line)}
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rules.index(finding.id),
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
    }
    if waiver is not None:
        justification = f"{waiver.reason} (until {waiver.until}, {waiver.who})"
        result["suppressions"] = [{"kind": "external", "justification": justification}]
    return result
