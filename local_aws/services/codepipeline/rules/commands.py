"""Commands and CodeBuild: rules that pass when a build on the input artifacts succeeds.

They run on CodeBuild's machines, without a project, as the rule's role.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-Commands.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CodeBuild.html
"""

import json
from dataclasses import replace

from local_aws.platform.context import PlatformContext
from local_aws.platform.service import Caller, Json
from local_aws.services.codebuild.api.service import BuildService
from local_aws.services.codebuild.api.store import BuildStore
from local_aws.services.codebuild.builds.assembly import surroundings_of
from local_aws.services.codebuild.reports.records import ReportStore
from local_aws.services.codepipeline.actions.build import SUCCEEDED, Builds, build_request, ended, terminated
from local_aws.services.codepipeline.engine.ports import ActionError, Progress, RuleContext, RuleResult

IMAGE = "aws/codebuild/amazonlinux2-x86_64-standard:5.0"
MINUTES = 55
SECONDS_BETWEEN_LOOKS = 0.2


def commands(host: PlatformContext, context: RuleContext) -> RuleResult:
    """Run the commands of a rule one after the other, until one fails.

    Of the role they need what a build needs: to read the artifacts, and to write to /aws/codepipeline/PIPELINE.
    """
    if not context.commands:
        raise ActionError("ConfigurationError", "A Commands rule needs commands.")
    credentials = context.credentials()
    around = replace(surroundings_of(host), project=lambda _name: _project(context), assume_role=lambda *_: credentials)
    store = BuildStore(host.database, around.folder)
    service = BuildService(around, store, ReportStore(host.database))
    caller = Caller(host.account_id, host.region, context.role_arn)
    build = str(service.start_build(caller, {"projectName": context.pipeline})["build"]["id"])
    context.report(Progress(external_id=build))
    try:
        while not service.wait(build, SECONDS_BETWEEN_LOOKS):
            if context.pause(0):
                service.stop()
        record = store.required(build).record
    finally:
        store.delete(build)
    if record["buildStatus"] != SUCCEEDED:
        return RuleResult(passed=False, summary=_failure(record))
    return RuleResult(passed=True, summary=f"{len(context.commands)} commands succeeded.")


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


def code_build(builds: Builds, context: RuleContext) -> RuleResult:
    """Start the build as the rule's role, and wait for its end."""
    if not context.inputs:
        raise ActionError("ConfigurationError", "A CodeBuild rule needs an input artifact.")
    build_id, state = ended(builds, context, build_request(context, {}))
    return RuleResult(state.status == SUCCEEDED, f"{terminated(state)} ({build_id})")
