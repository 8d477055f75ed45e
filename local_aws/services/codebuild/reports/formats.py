"""Report files in JUnit's and Cobertura's XML, read without entities, external references or network."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
ERROR = "ERROR"
SKIPPED = "SKIPPED"
STATUSES = (SUCCEEDED, FAILED, ERROR, SKIPPED, "UNKNOWN")
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_TestCase.html"""


class ReportFileError(Exception):
    """A file isn't of the format that the buildspec says."""


@dataclass(frozen=True)
class CaseResult:
    """One test; ``prefix`` is its class or module, ``seconds`` how long it took."""

    name: str
    prefix: str
    suite: str
    status: str
    seconds: float
    message: str = ""


@dataclass(frozen=True)
class FileCoverage:
    """How much of one source file was run."""

    path: str
    lines_covered: int
    lines_missed: int
    branches_covered: int
    branches_missed: int


@dataclass(frozen=True)
class ReportFile:
    """What one raw file gave; ``path`` is the file's name as the report shows it."""

    path: str
    tests: Sequence[CaseResult] = ()
    coverage: Sequence[FileCoverage] = ()


def percentage(covered: int, missed: int) -> float:
    """Return the share that was covered, 0 to 100; nothing to cover gives 0."""
    return round(100 * covered / (covered + missed), 2) if covered + missed else 0.0


def root(file: Path) -> Element:
    """Return the document's root element; raises ``ReportFileError`` with the reason."""
    # Imported here: most builds have no reports, and the API starts without it.
    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import parse  # noqa: PLC0415

    try:
        document = parse(file)
    except (ParseError, DefusedXmlException, OSError, ValueError, LookupError) as error:
        raise ReportFileError(f"error parsing report file {file.name}: {error}") from error
    element = document.getroot()
    if not isinstance(element, Element):
        raise ReportFileError(f"error parsing report file {file.name}: it is empty")
    return element


def number(text: str | None) -> float:
    """Read a number, with a comma between thousands or not; anything else is 0."""
    try:
        return max(0.0, float((text or "0").replace(",", "")))
    except ValueError:
        return 0.0


OUTCOMES = {"error": ERROR, "failure": FAILED, "skipped": SKIPPED}
LONGEST_MESSAGE = 5_000


def read_junit(file: Path) -> Sequence[CaseResult]:
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


CONDITIONS = re.compile(r"\((\d+)/(\d+)\)")


@dataclass
class _Lines:
    """Lines of one file by number, since several classes of a file may name the same line."""

    hit: dict[int, bool] = field(default_factory=dict)
    branches: dict[int, tuple[int, int]] = field(default_factory=dict)


def read_cobertura(file: Path) -> Sequence[FileCoverage]:
    """Return the coverage of each source file that a Cobertura file names."""
    top = root(file)
    if top.tag != "coverage":
        raise ReportFileError(f"error parsing report file {file.name}: expected coverage, found {top.tag}")
    files: dict[str, _Lines] = {}
    for part in top.iter("class"):
        lines = files.setdefault(part.get("filename", ""), _Lines())
        for line in part.findall("lines/line"):
            place = int(number(line.get("number")))
            lines.hit[place] = lines.hit.get(place, False) or number(line.get("hits")) > 0
            if match := CONDITIONS.search(line.get("condition-coverage", "")):
                lines.branches[place] = (int(match[1]), int(match[2]))
    return [_coverage(path, lines) for path, lines in files.items()]


def _coverage(path: str, lines: _Lines) -> FileCoverage:
    covered = sum(lines.hit.values())
    taken, all_branches = (sum(pair[i] for pair in lines.branches.values()) for i in (0, 1))
    return FileCoverage(path, covered, len(lines.hit) - covered, taken, max(0, all_branches - taken))
