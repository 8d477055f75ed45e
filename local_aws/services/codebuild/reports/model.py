"""What a report file holds."""

from collections.abc import Sequence
from dataclasses import dataclass

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
