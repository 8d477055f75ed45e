"""JUnit XML, as pytest and most other test runners write it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from local_aws.services.codebuild.reports.documents import number, root
from local_aws.services.codebuild.reports.model import ERROR, FAILED, SKIPPED, SUCCEEDED, CaseResult, ReportFileError

OUTCOMES = {"error": ERROR, "failure": FAILED, "skipped": SKIPPED}
LONGEST_MESSAGE = 5_000


def read(file: Path) -> Sequence[CaseResult]:
    """Return the test cases of a JUnit file."""
    top = root(file)
    if top.tag not in ("testsuites", "testsuite"):
        raise ReportFileError(f"error parsing report file {file.name}: expected testsuites, found {top.tag}")
    suites = [top] if top.tag == "testsuite" else top.findall("testsuite")
    return [case for suite in suites for case in _cases(suite)]


def _cases(suite: Element) -> Iterator[CaseResult]:
    for inner in suite.findall("testsuite"):
        yield from _cases(inner)
    for case in suite.findall("testcase"):
        outcome = next((child for tag in OUTCOMES for child in case.findall(tag)), None)
        yield CaseResult(
            name=case.get("name", ""),
            prefix=case.get("classname", ""),
            suite=suite.get("name", ""),
            status=SUCCEEDED if outcome is None else OUTCOMES[outcome.tag],
            seconds=number(case.get("time")),
            message="" if outcome is None else _message(outcome),
        )


def _message(outcome: Element) -> str:
    parts = [outcome.get("message", ""), (outcome.text or "").strip()]
    return "\n".join(part for part in parts if part)[:LONGEST_MESSAGE]
