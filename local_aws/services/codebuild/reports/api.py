"""The operations of CodeBuild that show reports. Report groups themselves belong to the project definitions.

Reference: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local_aws.platform.members import listed
from local_aws.platform.service import Caller, Json, Operation, ServiceError
from local_aws.services.codebuild.api.request_validation import invalid
from local_aws.services.codebuild.api.sort_order import ordered
from local_aws.services.codebuild.reports.records import ReportStore

MOST_ARNS = 100
MOST_DETAILS = 1000
SORTED_BY = {"LINE_COVERAGE_PERCENTAGE": "lineCoveragePercentage", "FILE_PATH": "filePath"}


@dataclass(frozen=True)
class ReportService:
    """Shows what builds reported."""

    store: ReportStore

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by name."""
        return {
            "BatchGetReports": self.batch_get_reports,
            "DeleteReport": self.delete_report,
            "DescribeCodeCoverages": self.describe_code_coverages,
            "DescribeTestCases": self.describe_test_cases,
            "ListReports": self.list_reports,
            "ListReportsForReportGroup": self.list_reports_for_report_group,
        }

    def batch_get_reports(self, _caller: Caller, request: Json) -> Json:
        """Show reports by ARN."""
        arns = request.get("reportArns")
        if not isinstance(arns, list) or not 1 <= len(arns) <= MOST_ARNS:
            raise invalid(f"reportArns must be a list of 1 to {MOST_ARNS} ARNs")
        found = {str(arn): self.store.index.get(str(arn)) for arn in arns}
        return {
            "reports": [report for report in found.values() if report],
            "reportsNotFound": [arn for arn, report in found.items() if not report],
        }

    def delete_report(self, _caller: Caller, request: Json) -> None:
        """Forget a report; one that isn't there is no error, as on AWS."""
        self.store.delete(str(request.get("arn") or ""))

    def describe_test_cases(self, _caller: Caller, request: Json) -> Json:
        """Show the test cases of a report, all or by status and keyword."""
        arn = self._arn(request)
        wanted = request.get("filter") or {}
        status, keyword = wanted.get("status"), str(wanted.get("keyword") or "").casefold()
        cases = [
            case
            for case in self.store.details(arn, "cases")
            if (not status or case["status"] == status)
            and keyword in f"{case['testSuiteName']} {case['prefix']} {case['name']}".casefold()
        ]
        return listed("testCases", cases, request, "InvalidInputException", largest=MOST_DETAILS)

    def describe_code_coverages(self, _caller: Caller, request: Json) -> Json:
        """Show the coverage of each file of a report."""
        arn = self._arn(request)
        least = request.get("minLineCoveragePercentage", 0)
        most = request.get("maxLineCoveragePercentage", 100)
        key = SORTED_BY.get(request.get("sortBy", "FILE_PATH"))
        if key is None:
            raise invalid(f"Invalid sortBy: {' or '.join(SORTED_BY)}")
        found = [
            item for item in self.store.details(arn, "coverages") if least <= item["lineCoveragePercentage"] <= most
        ]
        found.sort(key=lambda item: item[key])
        shown = ordered(found, request, "ASCENDING")
        return listed("codeCoverages", shown, request, "InvalidInputException", largest=MOST_DETAILS)

    def list_reports(self, _caller: Caller, request: Json) -> Json:
        """List all reports, the newest first."""
        return self._listed(list(self.store.index.all().values()), request)

    def list_reports_for_report_group(self, _caller: Caller, request: Json) -> Json:
        """List the reports of one group, the newest first."""
        group = request.get("reportGroupArn")
        if not group:
            raise invalid("reportGroupArn is required")
        return self._listed(
            [report for report in self.store.index.all().values() if report["reportGroupArn"] == group], request
        )

    def _listed(self, reports: Sequence[Json], request: Json) -> Json:
        status = (request.get("filter") or {}).get("status")
        arns = [report["arn"] for report in reports if not status or report["status"] == status]
        return listed("reports", ordered(arns, request), request, "InvalidInputException")

    def _arn(self, request: Json) -> str:
        arn = str(request.get("reportArn") or "")
        if self.store.index.get(arn) is None:
            raise ServiceError("ResourceNotFoundException", f"Report {arn} does not exist")
        return arn
