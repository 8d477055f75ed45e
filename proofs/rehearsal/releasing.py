"""Releases in a proof: started, approved and followed with the project's own commands, to the end that is wanted."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from delivery.aws.session import Aws
from delivery.model import manifest
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

    One that succeeds is followed until its tasks run, unless nobody is to start any yet.
    """

    status: str
    stage: str = ""
    reason: str = ""
    starts_tasks: bool = True


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
        """Deploy the stacks of ``build``."""
        self.build = build
        self._must("deploy", "--yes")

    def release(self, wanted: RequestedRelease, commit: str = "") -> None:
        """Release a commit, or the newest, through every pipeline; an approval is given when it is asked for."""
        for pipeline in manifest.load(self.build).pipelines:
            self._release(pipeline.service, Executions(self.aws, pipeline.pipeline), wanted, commit)

    def _release(self, service: str, executions: Executions, wanted: RequestedRelease, commit: str) -> None:
        before = executions.ids()
        self._must("release", "--service", service, "--no-wait", *(["--commit", commit] if commit else []))
        started = _awaited("the execution", lambda: next(iter(executions.ids() - before), ""))
        _awaited("the end of the release", lambda: self._has_ended(service, executions, before))
        self._compare(service, executions, started, wanted)
        if wanted.status == "Succeeded" and wanted.starts_tasks:
            # As a user does: the first release is followed until tasks run.
            self._must("release", "--service", service, "--follow", started)

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
            yield from Executions(self.aws, pipeline.pipeline).actions()

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
