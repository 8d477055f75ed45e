"""Releases in a proof: started, approved and followed with the project's own commands, to the end that is wanted."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from delivery.aws.session import Aws
from delivery.model import manifest
from delivery.model.manifest import Pipeline
from proofs.policies.build import read_templates
from proofs.rehearsal import stand_in
from proofs.rehearsal.builds import pull_request_projects
from proofs.rehearsal.executions import Executions
from proofs.rehearsal.local_account import CommandResult, LocalAccount
from proofs.rehearsal.repository import Repository
from settings import environment

SECONDS, INTERVAL = 300.0, 0.1
Found = TypeVar("Found")


class UnexpectedError(Exception):
    """Something did not come out as the scenario wants it; ``told`` is what the user would have seen."""

    def __init__(self, sentence: str, told: str = "") -> None:
        super().__init__(sentence)
        self.told = told


@dataclass(frozen=True)
class RequestedRelease:
    """How a release must end: its status, the stage (empty: the last one) and words of the reason.

    One that succeeds is followed until its tasks run, unless nobody is to start any yet. With ``never_healthy`` its new
    tasks end at once; the reason is then that of whoever deploys.
    """

    status: str
    stage: str = ""
    reason: str = ""
    starts_tasks: bool = True
    never_healthy: bool = False


_NEVER_HEALTHY = {"ROLLING": "circuit breaker", "CODE_DEPLOY": "waiting for the replacement task set to become healthy"}
"""Why a deployment of tasks that are never healthy has failed; those that shift traffic are stopped by a person."""


@dataclass
class Releases:
    """The pipelines of one place. ``build`` is what was deployed last."""

    place: LocalAccount
    repository: Repository
    build: Path = Path()

    @cached_property
    def aws(self) -> Aws:
        """The place's services."""
        return Aws(environment.load(self.place.environment_file))

    def deploy(self, build: Path) -> None:
        """Deploy the stacks of ``build``, and before them what they ask and do not make."""
        self.build = build
        made = stand_in.template(read_templates(build))
        if made["Resources"]:
            self._make(f"asked-by-{build.name}", made)
        self._must("deploy", "--yes")

    def _make(self, stack: str, template: Mapping[str, Any]) -> None:
        self.aws.cloudformation.create_stack(
            StackName=stack, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"]
        )

        def look() -> str:
            (found,) = self.aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
            return found["StackStatus"] if not found["StackStatus"].endswith("IN_PROGRESS") else ""

        ended = _awaited("the end of what is asked", look)
        if ended != "CREATE_COMPLETE":
            raise UnexpectedError(f"The functions and builds that are asked ended {ended}.")

    def release(self, wanted: RequestedRelease, commit: str = "") -> None:
        """Release a commit, or the newest, through every pipeline; an approval is given when it is asked for."""
        for pipeline in manifest.load(self.build).pipelines:
            fitting = wanted
            if wanted.never_healthy:
                fitting = replace(wanted, reason=_NEVER_HEALTHY.get(self._strategy(pipeline), ""))
            self._release(pipeline, Executions(self.aws.codepipeline, pipeline.pipeline), fitting, commit)

    def _release(self, pipeline: Pipeline, executions: Executions, wanted: RequestedRelease, commit: str) -> None:
        service, before = pipeline.service, executions.ids()
        self._must("release", "--service", service, "--no-wait", *(["--commit", commit] if commit else []))
        started = _awaited("the execution", lambda: next(iter(executions.ids() - before), ""))
        if wanted.never_healthy and not wanted.reason:
            _awaited("the start of the roll-out", lambda: self._rolls_out(pipeline))
            self._must("stop", "--service", service, "--roll-back")
        _awaited("the end of the release", lambda: self._has_ended(service, executions, before))
        self._compare(service, executions, started, wanted)
        if wanted.status == "Succeeded" and wanted.starts_tasks:
            # As a user does: the first release is followed until tasks run.
            self._must("release", "--service", service, "--follow", started)

    def _strategy(self, pipeline: Pipeline) -> str:
        """Return the strategy of the service, or CODE_DEPLOY."""
        (found,) = self.aws.ecs.describe_services(cluster=pipeline.cluster, services=[pipeline.ecs_service])["services"]
        controller = found.get("deploymentController", {}).get("type", "ECS")
        return str(controller if controller != "ECS" else found["deploymentConfiguration"].get("strategy", "ROLLING"))

    def _rolls_out(self, pipeline: Pipeline) -> bool:
        """Return whether a deployment goes on, the approval before it given."""
        self._approve(pipeline.service, Executions(self.aws.codepipeline, pipeline.pipeline))
        return bool(
            self.aws.ecs.list_service_deployments(
                cluster=pipeline.cluster, service=pipeline.ecs_service, status=["IN_PROGRESS"]
            )["serviceDeployments"]
        )

    def _compare(self, service: str, executions: Executions, execution: str, wanted: RequestedRelease) -> None:
        # What failed, where anything did: of a stage's actions, another one may have begun after it.
        last = max(executions.actions(execution), key=lambda one: (one["status"] == "Failed", one["startTime"]))
        details = last.get("output", {}).get("executionResult", {}).get("errorDetails", {})
        came, stage = executions.status(execution), wanted.stage or executions.last_stage()
        if (came, last["stageName"]) != (wanted.status, stage) or wanted.reason not in details.get("message", ""):
            what = f"{wanted.status} in {stage}" + (f" ({wanted.reason})" if wanted.reason else "")
            told = self._run("release", "--service", service, "--follow", execution).text
            raise UnexpectedError(f"The release {came} in {last['stageName']}; wanted was: {what}.", told)

    def forget_images(self) -> None:
        """Have the engine forget what it built, as the machine of the next build never had it."""
        forget_images(self.place.registry)

    def test_pull_requests(self, number: int) -> None:
        """Have every project that tests pull requests test one, as GitHub's webhook would."""
        for project in pull_request_projects(self.build):
            build = self.aws.codebuild.start_build(projectName=project, sourceVersion=f"pr/{number}")["build"]["id"]
            ended = self._ended(build)
            if ended["buildStatus"] != "SUCCEEDED":
                contexts = [one for phase in ended["phases"] for one in phase.get("contexts", [])]
                told = "\n".join(one["message"] for one in contexts if one.get("message"))
                raise UnexpectedError(f"The build of pull request {number} ended {ended['buildStatus']}.", told)

    def actions(self) -> Iterator[Mapping[str, Any]]:
        """Return all actions of all executions."""
        for pipeline in manifest.load(self.build).pipelines:
            yield from Executions(self.aws.codepipeline, pipeline.pipeline).actions()

    def _has_ended(self, service: str, executions: Executions, before: frozenset[str]) -> bool:
        """Return whether the execution, and the one that rolls its stage back, have ended."""
        self._approve(service, executions)
        return not executions.any_runs(before)

    def _approve(self, service: str, executions: Executions) -> None:
        for action in executions.approvals():
            self._must("approve", "--service", service, "--action", action)

    def _ended(self, build: str) -> Mapping[str, Any]:
        def look() -> Mapping[str, Any]:
            (found,) = self.aws.codebuild.batch_get_builds(ids=[build])["builds"]
            told: Mapping[str, Any] = found if found["buildComplete"] else {}
            return told

        return _awaited("the end of the build", look)

    def _must(self, name: str, *words: str) -> None:
        said = self._run(name, *words)
        if said.code:
            raise UnexpectedError(f"bin/{name} ended with exit code {said.code}.", said.text)

    def _run(self, name: str, *words: str) -> CommandResult:
        return self.place.command(name, *words, build=self.build)


def forget_images(registry: str) -> None:
    """Remove the images of a registry from the engine; where there is no engine, there are none."""
    if shutil.which("docker") is None:
        return
    images = ["docker", "images", "--quiet", f"{registry}/*"]
    listed = subprocess.run(images, capture_output=True, text=True, check=False).stdout.split()
    if listed:
        subprocess.run(["docker", "rmi", "--force", *sorted(set(listed))], capture_output=True, check=False)


def _awaited(what: str, look: Callable[[], Found]) -> Found:
    deadline = time.monotonic() + SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise UnexpectedError(f"{what} did not come within {SECONDS:.0f} s.")
        time.sleep(INTERVAL)
    return found
