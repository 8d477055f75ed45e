"""One JUnit file a check, for CodeBuild's reports: a waived finding is skipped, with the reason and the last day."""

from pathlib import Path

from reporting import junit
from reporting.junit import Case
from security_checks.results import Judged, Result, Status


def write(result: Result, folder: Path) -> None:
    """Write ``CHECK.xml``."""
    skipped = f"not applicable: {result.about}" if result.status is Status.NOT_APPLICABLE else ""
    alone = Case(f"{result.status}: {result.about}", skipped=skipped)
    cases = [_case(one) for one in result.judged] or [alone]
    suite = junit.suite(result.check, cases, time=f"{result.seconds:.2f}")
    junit.write(suite, folder / f"{result.check}.xml")


def _case(judged: Judged) -> Case:
    finding, waiver = judged.finding, judged.waiver
    name = f"{finding.id} {finding.place}"
    if waiver is None:
        return Case(name, fault=finding.message or finding.id, kind=finding.severity)
    return Case(name, skipped=f"waived until {waiver.until} by {waiver.who}: {waiver.reason} ({finding.message})")
