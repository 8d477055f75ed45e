"""Runs buildspecs and shows what came of it."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from local_aws.platform.context import Credentials
from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codebuild.api.service import BuildService
from local_aws.services.codebuild.api.store import BuildStore
from local_aws.services.codebuild.builds.ports import BuildPorts, Clock, Machine
from local_aws.services.codebuild.machine.workspace import folder_of_builds
from local_aws.services.codebuild.reports.api import ReportService
from local_aws.services.codebuild.reports.records import ReportStore
from local_aws.state.database import Database
from tests.local_aws.codebuild.outside import ACCOUNT, OF_ROLE, REGION, OutsideAws
from tests.support.waiting import until

CALLER = Caller(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:user/tester")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WAIT_SECONDS = 20.0


@dataclass
class Outcome:
    """A build that has ended: its record and its log."""

    record: Json
    log: str

    @property
    def status(self) -> str:
        return str(self.record["buildStatus"])

    @property
    def phases(self) -> dict[str, str]:
        return {phase["phaseType"]: phase.get("phaseStatus", "") for phase in self.record["phases"]}

    def context(self, phase: str) -> tuple[str, str]:
        found = next(item for item in self.record["phases"] if item["phaseType"] == phase)
        return found["contexts"][0]["statusCode"], found["contexts"][0]["message"]

    @property
    def output(self) -> list[str]:
        return [line for line in self.log.splitlines() if not line.startswith("[Container]")]


@dataclass
class Bench:
    """A build service with one project, whose members a test may change before it starts a build."""

    folder: Path
    running: Path = field(default_factory=lambda: folder_of_builds(os.environ) / f"test-{uuid.uuid4().hex[:8]}")
    aws: OutsideAws = field(default_factory=OutsideAws)
    machine: Machine = field(default_factory=lambda: Machine(path=PATH))
    minute: float = 60.0
    builds_at_once: int = 4
    repositories: dict[str, Path] = field(default_factory=dict)
    events: list[tuple[str, Json]] = field(default_factory=list)
    project: Json = field(
        default_factory=lambda: {
            "name": "shop-test",
            "source": {"type": "NO_SOURCE"},
            "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/amazonlinux-x86_64-standard:6.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [],
            },
            "serviceRole": f"arn:aws:iam::{ACCOUNT}:role/builder",
            "timeoutInMinutes": 60,
        }
    )
    trusted: bool = True
    _service: BuildService | None = None

    @property
    def reports(self) -> ReportService:
        return ReportService(self.service.reports)

    @property
    def service(self) -> BuildService:
        if self._service is None:
            database = Database(self.folder)
            self._service = BuildService(self.surroundings(), BuildStore(database, self.folder), ReportStore(database))
            self._service.start()
        return self._service

    def surroundings(self) -> BuildPorts:
        return BuildPorts(
            account_id=ACCOUNT,
            region=REGION,
            endpoint_url="http://127.0.0.1:4566",
            folder=self.folder,
            running=self.running,
            project=lambda name: self.project if name == self.project["name"] else None,
            assume_role=self._assume_role,
            client=self.aws.client,
            refusal=self.aws.refusal,
            repository=lambda source: self.repositories[source["location"]],
            publish=lambda kind, detail: self.events.append((kind, detail)),
            machine=self.machine,
            clock=replace(Clock(), minute=self.minute),
            builds_at_once=self.builds_at_once,
        )

    def _assume_role(self, _role: str, source: str, session: str, _execution: str) -> Credentials:
        assert source.endswith(f":project/{self.project['name']}")
        assert session.startswith("AWSCodeBuild-")
        if not self.trusted:
            raise ServiceError("AccessDenied", "codebuild.amazonaws.com is not trusted")
        return OF_ROLE

    def start(self, **request: Any) -> str:
        response = self.service.start_build(CALLER, {"projectName": self.project["name"], **request})
        return str(response["build"]["id"])

    def record(self, build_id: str) -> Json:
        (record,) = self.service.batch_get_builds(CALLER, {"ids": [build_id]})["builds"]
        return dict(record)

    def ended(self, build_id: str) -> Outcome:
        assert self.service.wait(build_id, WAIT_SECONDS), self.log(build_id)
        return Outcome(self.record(build_id), self.log(build_id))

    def log(self, build_id: str) -> str:
        file = self.service.store.log_file(build_id)
        return file.read_text() if file.exists() else ""

    def run(self, buildspec: str, **request: Any) -> Outcome:
        return self.ended(self.start(buildspecOverride=buildspec, **request))

    def when_logged(self, build_id: str, text: str) -> None:
        until(lambda: text in self.log(build_id))


def is_running(marker: str) -> bool:
    """Return whether a process whose command line has ``marker`` is there."""
    found = subprocess.run(["pgrep", "--full", marker], capture_output=True, check=False)
    return found.returncode == 0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "builds")
    yield bench
    bench.service.stop()
    shutil.rmtree(bench.running, ignore_errors=True)


def spec(*build: str, **sections: str) -> str:
    """Write a buildspec with these commands in phase build; ``sections`` are further text at the top level."""
    commands = "".join(f"      - {command}\n" for command in build)
    return f"version: 0.2\nphases:\n  build:\n    commands:\n{commands}" + "\n".join(sections.values())


def docker(*arguments: str) -> str:
    """Ask the engine as its owner; nothing where it refuses."""
    finished = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=False)
    return finished.stdout.strip() if finished.returncode == 0 else ""


@pytest.fixture(scope="session")
def image() -> str:
    """Return an image that the engine has and that has a shell; tests pull nothing."""
    if not shutil.which("docker") or not docker("version", "--format", "{{.Server.Version}}"):
        pytest.skip("needs a container engine that answers to docker")
    for image in docker("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if "<none>" not in image and docker("run", "--rm", "--entrypoint", "/bin/sh", image, "-c", "echo shell"):
            return image
    pytest.skip("needs an image with a shell in the engine (.ci/stand-in-images makes some)")
