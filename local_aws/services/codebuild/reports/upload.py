"""Makes the reports of a build, each step under the rights of the build's role.

Rights: https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildspecs.reading.model import Report
from buildspecs.reading.sections import COVERAGE_FORMATS
from local_aws.iam.implied_actions import BEGIN_REPORT, END_REPORT, PUT_COVERAGES, PUT_TEST_CASES
from local_aws.iam.trace import Asked
from local_aws.platform.context import Credentials
from local_aws.services.codebuild.artifacts import globs
from local_aws.services.codebuild.builds.build_log import BuildLog
from local_aws.services.codebuild.builds.failures import CLIENT_ERROR, PhaseError, described, refusal
from local_aws.services.codebuild.builds.ports import BuildPorts
from local_aws.services.codebuild.reports import formats
from local_aws.services.codebuild.reports.formats import ReportFile, ReportFileError
from local_aws.services.codebuild.reports.records import (
    COVERAGE,
    TEST,
    ReportIdentity,
    ReportStore,
    cases_of,
    coverages_of,
    report_of,
)


@dataclass(frozen=True)
class ReportUpload:
    """The reports of one build. ``client`` is one of codebuild, with the same ``credentials``.

    ``texts`` are the names of the reports, with their variables done.
    """

    surroundings: BuildPorts
    store: ReportStore
    client: Any
    credentials: Credentials
    build_arn: str
    project: str
    log: BuildLog
    texts: Mapping[str, str]

    def all(self, reports: Mapping[str, Report], source: Path) -> tuple[list[str], list[str]]:
        """Make every report; gives their ARNs, and what went wrong with the others. A refusal raises ``PhaseError``."""
        arns, faults = [], []
        for name, report in reports.items():
            try:
                arns.append(self._one(self.texts[name], report, source))
            except ReportFileError as error:
                faults.append(f"[{name}: [{error}]]")
        return arns, faults

    def _one(self, name: str, report: Report, source: Path) -> str:
        kind = COVERAGE if report.file_format in COVERAGE_FORMATS else TEST
        self.log.event(f"Preparing to copy {kind} report {name}")
        paths = self._paths(report, source)
        if not paths:
            raise ReportFileError("report files not found in build")
        group = self._group(name, kind)
        self._permit(BEGIN_REPORT, group)
        identifier = str(uuid.uuid4())
        arn = f"{group.replace(':report-group/', ':report/')}:{identifier}"
        identity = ReportIdentity(arn, group, self.build_arn, self.surroundings.clock.now())
        files, faults = _read(paths, report)
        self._permit(PUT_TEST_CASES if kind == TEST else PUT_COVERAGES, group)
        self._permit(END_REPORT, group)
        record = report_of(identity, kind, files, complete=not faults)
        self.store.put(record, cases_of(record, files), coverages_of(record, files))
        if faults:
            raise ReportFileError(faults[0])
        return arn

    def _paths(self, report: Report, source: Path) -> Mapping[str, Path]:
        self.log.event(f"Expanding base directory path: {report.base_directory}")
        found: dict[str, Path] = {}
        for base in globs.folders(source, report.base_directory):
            for pattern in report.files:
                names = globs.files(base, pattern, within=source)
                self.log.event(f"Expanding {pattern}")
                self.log.event(f"Found {len(names)} file(s)" if names else f"Skipping invalid file path {pattern}")
                found |= {name.name if report.discard_paths else str(name): base / name for name in names}
        return found

    def _group(self, name: str, kind: str) -> str:
        if name.startswith("arn:"):
            return name
        full_name = f"{self.project}-{name}"
        arn = self.surroundings.arn(f"report-group/{full_name}")
        try:
            self.client.create_report_group(name=full_name, type=kind, exportConfig={"exportConfigType": "NO_EXPORT"})
        except Exception as error:
            found = refusal(error)
            if not found or found[0] != "ResourceAlreadyExistsException":
                raise PhaseError(CLIENT_ERROR, described(error)) from error
        return arn

    def _permit(self, step: str, group: str) -> None:
        refused = self.surroundings.refusal(self.credentials, Asked(step, group))
        if refused is not None:
            raise PhaseError(CLIENT_ERROR, f"AccessDeniedException: {refused.sentence}")


def _read(paths: Mapping[str, Path], report: Report) -> tuple[Sequence[ReportFile], Sequence[str]]:
    files, faults = [], []
    for name, path in paths.items():
        try:
            if report.file_format in COVERAGE_FORMATS:
                files.append(ReportFile(name, coverage=formats.read_cobertura(path)))
            else:
                files.append(ReportFile(name, tests=formats.read_junit(path)))
        except ReportFileError as error:
            faults.append(str(error))
    return files, faults
