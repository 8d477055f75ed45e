"""What the checks came to, for whoever reads the log, and as JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reporting.printable import printable
from security_checks.results import Result


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield a line a check, and below it one a finding."""
    for result in results:
        yield f"{result.check:<13} {result.status:<15} {printable(result.about)} ({result.seconds:.1f} s)"
        for judged in result.judged:
            finding, waiver = judged.finding, judged.waiver
            waived = f" [waived until {waiver.until} by {waiver.who}: {waiver.reason}]" if waiver else ""
            yield printable(f"  {finding.place}: {finding.id} {finding.message}{waived}".replace("\n", " "))


def write(results: Sequence[Result], path: Path) -> None:
    """Write the file: a list of checks, each with its findings."""
    path.write_text(json.dumps([_result(one) for one in results], indent=2) + "\n", encoding="utf-8")


def _result(result: Result) -> dict[str, Any]:
    return {
        "check": result.check,
        "status": result.status,
        "about": result.about,
        "seconds": round(result.seconds, 2),
        "findings": [
            {
                "id": one.finding.id,
                "place": one.finding.place,
                "message": one.finding.message,
                "severity": one.finding.severity,
                "aliases": list(one.finding.aliases),
                "waived_until": one.waiver.until.isoformat() if one.waiver else None,
            }
            for one in result.judged
        ],
    }
