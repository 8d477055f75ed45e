"""Builds that CodePipeline runs for its own commands: on CodeBuild's machines, without a project, as a role of its own.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-Commands.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from local_aws.platform.context import PlatformContext
from local_aws.platform.service import Caller, Json
from local_aws.services.codebuild.api.service import BuildService
from local_aws.services.codebuild.api.store import BuildStore
from local_aws.services.codebuild.builds.assembly import surroundings_of
from local_aws.services.codebuild.reports.records import ReportStore
from local_aws.services.codepipeline.engine.ports import RuleContext

IMAGE = "aws/codebuild/amazonlinux2-x86_64-standard:5.0"
MINUTES = 55
SECONDS_BETWEEN_LOOKS = 0.2
SUCCEEDED = "SUCCEEDED"


@dataclass(frozen=True)
class CommandRuns:
    """Runs commands on the machine of ``host``."""

    host: PlatformContext

    def run(self, context: RuleContext, tell: Callable[[str], None]) -> str:
        """Run the commands of a rule until one fails; give why, or nothing. ``tell`` hears the build's id.

        Of the role they need what a build needs: to read the artifacts, and to write to /aws/codepipeline/PIPELINE.
        """
        credentials = context.credentials()
        around = replace(
            surroundings_of(self.host), project=lambda _name: _project(context), assume_role=lambda *_: credentials
        )
        store = BuildStore(self.host.database, around.folder)
        service = BuildService(around, store, ReportStore(self.host.database))
        caller = Caller(self.host.account_id, self.host.region, context.role_arn)
        build = str(service.start_build(caller, {"projectName": context.pipeline})["build"]["id"])
        tell(build)
        try:
            while not service.wait(build, SECONDS_BETWEEN_LOOKS):
                if context.pause(0):
                    service.stop()
            record = store.required(build).record
        finally:
            store.delete(build)
        return "" if record["buildStatus"] == SUCCEEDED else _failure(record)


def _project(context: RuleContext) -> Json:
    buildspec = {"version": 0.2, "phases": {"build": {"commands": list(context.commands)}}}
    first, *others = [
        {"type": "CODEPIPELINE", "location": f"arn:aws:s3:::{place.bucket}/{place.key}", "sourceIdentifier": name}
        for name, place in context.inputs.items()
    ] or [{"type": "NO_SOURCE"}]
    return {
        "name": context.pipeline,
        "source": {**first, "buildspec": json.dumps(buildspec)},
        "secondarySources": others,
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": IMAGE, "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": context.role_arn,
        "timeoutInMinutes": MINUTES,
        "logsConfig": {"cloudWatchLogs": {"groupName": f"/aws/codepipeline/{context.pipeline}"}},
    }


def _failure(record: Json) -> str:
    for phase in record["phases"]:
        for told in phase.get("contexts", []):
            if told.get("message") and phase.get("phaseStatus") != SUCCEEDED:
                return str(told["message"])
    return f"The commands ended as {record['buildStatus']}."
