"""What is known to be vulnerable and what was decided about it, as CycloneDX VEX, beside the SBOM.

https://cyclonedx.org/capabilities/vex/
"""

import json
from pathlib import Path
from typing import Any

from security_checks.results import NOT_CHECKED, Judged, Result


def write(dependencies: Result, path: Path) -> None:
    """Write the file from the result of the dependencies: without a time and a number, so that it is reproducible."""
    found = sorted(
        (one for one in dependencies.judged if one.finding.id != NOT_CHECKED),
        key=lambda one: (one.finding.subject, one.finding.id),
    )
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [_component(one) for one in sorted({one.finding.subject for one in found})],
        "vulnerabilities": [_vulnerability(one) for one in found],
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _component(purl: str) -> dict[str, str]:
    name, _, version = purl.rpartition("/")[2].partition("@")
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _vulnerability(judged: Judged) -> dict[str, Any]:
    finding, waiver = judged.finding, judged.waiver
    analysis = (
        {"state": "in_triage"}
        if waiver is None
        else {"state": waiver.state, "detail": f"{waiver.reason} (until {waiver.until}, {waiver.who})"}
    )
    return {
        "id": finding.id,
        "references": [{"id": one, "source": {"name": one.partition("-")[0]}} for one in finding.aliases],
        "description": finding.message,
        "analysis": analysis,
        "affects": [{"ref": finding.subject}],
    }
