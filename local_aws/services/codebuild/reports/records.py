"""The reports that builds made, kept on disk, and their shapes in the API.

Shapes: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Report.html, API_TestCase, API_CodeCoverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from local_aws.platform.json_store import Records
from local_aws.platform.service import Json
from local_aws.services.codebuild.reports.formats import ERROR, FAILED, STATUSES, SUCCEEDED, ReportFile, percentage
from local_aws.state.database import Database

LIFETIME_SECONDS = 30 * 24 * 3600
"""CodeBuild drops a report after 30 days."""
TEST = "TEST"
COVERAGE = "CODE_COVERAGE"


@dataclass(frozen=True)
class ReportIdentity:
    """Names a report: its ARN, its group's, and the ARN of the build; ``created`` in epoch seconds."""

    arn: str
    group_arn: str
    build_arn: str
    created: float


def report_of(identity: ReportIdentity, kind: str, files: Sequence[ReportFile], *, complete: bool) -> Json:
    """Return a report with its summary; ``complete`` is False when a file could not be read."""
    report: Json = {
        "arn": identity.arn,
        "type": kind,
        "name": identity.arn.rpartition("/")[2],
        "reportGroupArn": identity.group_arn,
        "executionId": identity.build_arn,
        "created": identity.created,
        "expired": identity.created + LIFETIME_SECONDS,
        "exportConfig": {"exportConfigType": "NO_EXPORT"},
        "truncated": False,
    }
    if kind == TEST:
        counts, seconds = _counts(files)
        total = sum(counts.values())
        report["testSummary"] = {
            "total": total,
            "statusCounts": counts,
            "durationInNanoSeconds": int(seconds * 1e9),
        }
        failed = counts[FAILED] + counts[ERROR]
    else:
        report["codeCoverageSummary"] = _shares([part for file in files for part in cover(file)])
        failed = 0
    report["status"] = ("FAILED" if failed else SUCCEEDED) if complete else "INCOMPLETE"
    return report


def cases_of(report: Json, files: Sequence[ReportFile]) -> list[Json]:
    """Return the test cases of a report."""
    return [
        {
            "reportArn": report["arn"],
            "testRawDataPath": file.path,
            "prefix": case.prefix,
            "name": case.name,
            "status": case.status,
            "durationInNanoSeconds": int(case.seconds * 1e9),
            "message": case.message,
            "expired": report["expired"],
            "testSuiteName": case.suite,
        }
        for file in files
        for case in file.tests
    ]


def coverages_of(report: Json, files: Sequence[ReportFile]) -> list[Json]:
    """Return the coverage of each file of a report."""
    return [
        {
            "id": f"{report['arn']}:{number}",
            "reportARN": report["arn"],
            "filePath": part.path,
            "expired": report["expired"],
            **_shares([(part.lines_covered, part.lines_missed, part.branches_covered, part.branches_missed)]),
        }
        for number, part in enumerate(part for file in files for part in file.coverage)
    ]


def cover(file: ReportFile) -> list[tuple[int, int, int, int]]:
    """Give lines covered and missed, branches covered and missed, of each source file."""
    return [
        (part.lines_covered, part.lines_missed, part.branches_covered, part.branches_missed) for part in file.coverage
    ]


def _shares(parts: Sequence[tuple[int, int, int, int]]) -> Json:
    covered, missed, taken, not_taken = (sum(part[i] for part in parts) for i in range(4))
    return {
        "lineCoveragePercentage": percentage(covered, missed),
        "linesCovered": covered,
        "linesMissed": missed,
        "branchCoveragePercentage": percentage(taken, not_taken),
        "branchesCovered": taken,
        "branchesMissed": not_taken,
    }


def _counts(files: Sequence[ReportFile]) -> tuple[dict[str, int], float]:
    cases = [case for file in files for case in file.tests]
    counts = {status: sum(case.status == status for case in cases) for status in STATUSES}
    return counts, sum(case.seconds for case in cases)


class ReportStore:
    """Reports by ARN, in ``index`` the oldest first, with their cases or coverages."""

    def __init__(self, database: Database) -> None:
        self._details = Records(database, "builds/report-details")
        self.index = Records(database, "builds/reports")

    def put(self, report: Json, cases: list[Json], coverages: list[Json]) -> None:
        """Keep a report."""
        self._details.put(report["arn"], {"cases": cases, "coverages": coverages})
        self.index.put(report["arn"], report)

    def details(self, arn: str, kind: str) -> list[Json]:
        """Return the ``cases`` or ``coverages`` of a report."""
        details: list[Json] = (self._details.get(arn) or {}).get(kind, [])
        return details

    def delete(self, arn: str) -> None:
        """Forget a report."""
        self.index.delete(arn)
        self._details.delete(arn)
