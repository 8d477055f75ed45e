"""The InspectorScan action on an image: what is known of its packages, held against the thresholds.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-InspectorScan.html
"""

import io
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from local_aws.iam.implied_actions import LOG_IN_TO_SCAN, PULL_TO_SCAN, SCAN_PACKAGES
from local_aws.iam.trace import Asked, Refusal
from local_aws.platform.context import Credentials
from local_aws.platform.service import ServiceError
from local_aws.services.codebuild.builds.build_log import cloud_watch_sink
from local_aws.services.codebuild.builds.failures import described
from local_aws.services.codebuild.builds.session import make_stream
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionResult, Progress
from local_aws.services.codepipeline.engine.task_run import NOT_REHEARSED
from local_aws.services.ecr.scanning.findings import Vulnerability
from local_aws.services.ecr.scanning.images import Inspected, sbom

LEVELS = ("Critical", "High", "Medium", "Low")
"""Each has a threshold: the number of findings beyond which the action fails."""
HIGHEST = LEVELS[:3]
"""What HighestScannedSeverity may be."""
SBOM = "sbom.json"
LATEST = "latest"
MOST_TOLD = 10

Inspect = Callable[[str, str], Inspected]
"""Scans the image of a repository and tag; raises ``ServiceError`` where there is none."""


class InspectorScan:
    """Scans an image under the rights of the action's role: it pulls, asks what is known of the packages, and logs."""

    resumable = True

    def __init__(
        self,
        client: Callable[[str, Credentials], Any],
        refusal: Callable[[str, Asked], Refusal | None],
        registry: str,
        inspect: Inspect,
    ) -> None:
        self._client = client
        self._refusal = refusal
        self._registry = registry
        self._inspect = inspect

    def run(self, context: ActionContext) -> ActionResult:
        """Scan, and fail where a threshold is passed, or where no package can be seen."""
        configuration = context.configuration
        if configuration["InspectorRunMode"] != "ECRImageScan":
            message = "A scan of source code is not rehearsed: the local AWS runs InspectorScan as ECRImageScan alone."
            raise ActionError(NOT_REHEARSED, message)
        thresholds = dict(_thresholds(configuration))
        image = f"{configuration['ECRRepositoryName']}:{configuration.get('ImageTag', LATEST)}"
        scanned = self._scanned(context, image)
        counts = {level: [one for one in scanned.found if one.severity == level.upper()] for level in LEVELS}
        summary = ", ".join(f"{len(found)} {level.lower()}" for level, found in counts.items())
        told = f"{image} ({scanned.digest}): {len(scanned.packages)} packages, findings: {summary}"
        self._log(context, [told, *map(_said, scanned.found)])
        for level, most in thresholds.items():
            if len(counts[level]) > most:
                found = "; ".join(map(_said, counts[level][:MOST_TOLD]))
                message = f"{image} has {len(counts[level])} vulnerabilities of severity {level.upper()}, and "
                raise ActionError("JobFailed", f"{message}{level}Threshold is {most}: {found}.", told)
        for name in context.outputs:
            context.write(name, _zipped(sbom(image, scanned)))
        highest = next((level.lower() for level in HIGHEST if counts[level]), "")
        return ActionResult(told, variables={"HighestScannedSeverity": highest} if highest else {})

    def _scanned(self, context: ActionContext, image: str) -> Inspected:
        repository, _, tag = image.partition(":")
        arn = f"{self._registry}:repository/{repository}"
        for asked in (Asked(LOG_IN_TO_SCAN, "*"), Asked(PULL_TO_SCAN, arn), Asked(SCAN_PACKAGES, "*")):
            refused = self._refusal(context.credentials().access_key_id, asked)
            if refused is not None:
                raise ActionError("PermissionError", refused.sentence)
        try:
            scanned = self._inspect(repository, tag)
        except ServiceError as error:
            raise ActionError("ConfigurationError", error.message) from error
        if not scanned.packages:
            message = f"{image} ({scanned.digest}) can't be scanned: no list of packages was found in its layers."
            raise ActionError("JobFailed", message)
        return scanned

    def _log(self, context: ActionContext, lines: Sequence[str]) -> None:
        # Not the attempt's id: one that was interrupted has a log already.
        group, stream = f"/aws/codepipeline/{context.pipeline}", str(uuid.uuid4())
        client = self._client("logs", context.credentials())
        try:
            make_stream(client, group, stream)
        except Exception as error:
            message = f"The log of the scan can't be written to {group}: {described(error)}"
            raise ActionError("PermissionError", message) from error
        sink = cloud_watch_sink(client, group, stream)
        sink.write([(int(context.clock.now() * 1000), line) for line in lines])
        sink.close()
        arn = f"{self._registry.replace(':ecr:', ':logs:')}:log-group:{group}:log-stream:{stream}"
        context.report(Progress(log_stream_arn=arn))


def _thresholds(configuration: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for level in LEVELS:
        given = configuration.get(f"{level}Threshold", "")
        if given.isdecimal():
            yield level, int(given)
        elif given:
            raise ActionError("ConfigurationError", f"{level}Threshold is {given!r}; it must be a number, 0 or more.")


def _said(one: Vulnerability) -> str:
    fix = f"fixed in {one.fixed}" if one.fixed else "a fix is not known of"
    return f"{one.package.name} {one.package.version} has {one.id}, {one.severity}, {fix}"


def _zipped(text: str) -> io.BytesIO:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SBOM, text)
    body.seek(0)
    return body
