"""Runs the service's migrations, or another command, in a one-off task outside of a release."""

import json
import shlex
from collections.abc import Iterator, Sequence

from delivery.aws.polling import looks
from delivery.releases.model import builds, deployed_service, executions_api
from delivery.releases.model.builds import Build
from delivery.releases.model.execution import BUILD_PROVIDER, SUCCEEDED
from delivery.releases.model.log_stream import LogStream
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun, nothing_begun
from delivery.releases.operations import start
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError, FailedError

ACTION = "Migrate"
"""The action of the pipeline whose build does it."""
OF_THE_TASK = "task: "
"""What the lines of the task begin with in the build's log."""
_OUTCOME = "The migration"


def migrate(target: Target, command: Sequence[str], teller: ReleaseReporter) -> None:
    """Run ``command``, or what a release would run, in a task of the image that is deployed; wait for its end."""
    with nothing_begun(teller):
        project = _project(target)
        image = _image(target)
        described = target.aws.codebuild.batch_get_projects(names=[project])["projects"]
    variables = [("IMAGE", image), *([("COMMAND", json.dumps(list(command)))] if command else [])]
    with may_have_begun(target, "the task was started", teller):
        # Its own source is the pipeline's. https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
        started = target.aws.codebuild.start_build(
            projectName=project,
            sourceTypeOverride="NO_SOURCE",
            artifactsOverride={"type": "NO_ARTIFACTS"},
            buildspecOverride=described[0]["source"].get("buildspec", ""),
            environmentVariablesOverride=[
                {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables
            ],
        )["build"]["id"]
    what = shlex.join(command) or "the migrations"
    teller.fact("task", {"build": started, "image": image}, f"Running {what} in a task of {image}, by build {started}.")
    ended = _ended(target, started)
    told = [line for line in _lines(target, ended) if line.startswith((OF_THE_TASK, _OUTCOME))]
    for line in told:
        if line.startswith(OF_THE_TASK):
            teller.fact("log", {"action": ACTION, "line": line.removeprefix(OF_THE_TASK)}, line)
    if ended.status != SUCCEEDED.upper():
        why = [line for line in told if line.startswith(_OUTCOME)] or [ended.failed.message if ended.failed else ""]
        raise FailedError(f"{what} failed: {why[-1] or f'its build {started} {ended.status.lower()}'}")
    teller.fact("ended", {"build": started, "status": ended.status}, f"Done: {what}.")


def _project(target: Target) -> str:
    start.structure(target)
    for stage in executions_api.stages(target.aws, target.name):
        for action in stage.actions:
            if action.name == ACTION and action.provider == BUILD_PROVIDER:
                return action.configuration.get("ProjectName", "")
    raise CannotRunError(
        f"{target.name}: it has no action {ACTION}, whose build runs tasks; give the service [services.migrations] in "
        "config/system.toml, and deploy."
    )


def _image(target: Target) -> str:
    now = deployed_service.read(target)
    if now is None or not now.released:
        raise CannotRunError(f"{target.pipeline.service}: no image was released yet; {target.command('release')} does.")
    return now.image


def _ended(target: Target, build: str) -> Build:
    for _ in looks(target.aws.wait_minutes):
        now = builds.read(target.aws, [build]).get(build)
        if now is not None and now.status != "IN_PROGRESS":
            return now
    raise FailedError(f"Build {build} has not ended after {target.aws.wait_minutes:g} minutes; it is still running.")


def _lines(target: Target, build: Build) -> Iterator[str]:
    if build.stream:
        for page in LogStream(target.aws, build.group, build.stream).pages(all_of_them=True):
            yield from page
