"""A small pipeline of a test's own: a git repository, a build, and where asked for an approval and a service."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.rehearsal.repository import git
from tests.delivery.project import Document, Project, Result
from tests.delivery.releases.pipeline_template import (
    BUILD_RIGHTS,
    SERVICE,
    message_must_be,
    open_at,
    pipeline_resources,
    service_resources,
)
from tests.support.waiting import until

PASSING = "echo all is well"
PATIENCE = 30.0
"""Seconds."""


@dataclass
class ReleaseProject:
    """A project whose pipeline is deployed; its repository's branch is ``prod``."""

    project: Project

    @property
    def repository(self) -> Path:
        return self.project.folder / "repository"

    @property
    def name(self) -> str:
        """The name of the pipeline, the build project, the connection, the cluster and all else."""
        return self.project.prefix

    def commit(self, *commands: str, phase: str = "build", rest: str = "", message: str = "Change") -> str:
        """Commit a buildspec that runs these commands in ``phase``; give the commit's id."""
        lines = ["version: 0.2", "phases:", f"  {phase}:", "    commands:"]
        lines += [f"      - {json.dumps(command)}" for command in commands]
        return self.commit_text("\n".join([*lines, rest, ""]), message)

    def commit_text(self, buildspec: str, message: str = "Change") -> str:
        if not self.repository.exists():
            self.repository.mkdir()
            git(self.repository, "init", "-q", "-b", "prod")
        (self.repository / "buildspec.yml").write_text(buildspec)
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-q", "--allow-empty", "-m", message)
        return git(self.repository, "rev-parse", "HEAD")

    def commit_image(self, image: str, message: str = "Change") -> str:
        """Commit a buildspec that says which image to deploy."""
        definitions = json.dumps([{"name": SERVICE, "imageUri": image}])
        write = f"printf '%s' '{definitions}' > imagedefinitions.json"
        return self.commit(write, rest="artifacts: {files: [imagedefinitions.json]}", message=message)

    def deploy(
        self,
        *,
        approval: bool = False,
        service: Document | None = None,
        handshake: bool = True,
        build_rights: Sequence[str] = BUILD_RIGHTS,
        mode: str = "QUEUED",
        entry_message: str = "",
        window: str = "",
    ) -> None:
        """Deploy the pipeline; ``service``: its container's properties, or empty for one that never wants tasks.

        ``entry_message``: the commit message without which nothing comes into stage Build; ``window``: when it is open.
        """
        resources = pipeline_resources(self.name, build_rights, approval=approval, deploys=service is not None)
        declared: Document = {}
        if service is not None:
            resources |= service_resources(self.name, service)
            declared = {"WebImage": {"Type": "String", "Default": ""}} if service else {}
        image = {"name": "WebImage", "from": "running-image", "cluster": self.name, "service": SERVICE}
        pipeline = resources["Pipeline"]["Properties"]
        pipeline["ExecutionMode"] = mode
        if entry_message:
            pipeline["Stages"][1]["BeforeEntry"] = {"Conditions": [message_must_be(entry_message)]}
        if window:
            pipeline["Stages"][1]["BeforeEntry"] = {"Conditions": [open_at(window)]}
        stack = self.project.stack(
            "all",
            resources,
            declared=declared,
            capabilities=["CAPABILITY_NAMED_IAM"],
            parameters=[{**image, "container": SERVICE}] if declared else [],
        )
        if service:
            self._add_condition()
        self.project.manifest["pipelines"] = [self.entry(stack)]
        done = self.project.deploy()
        assert done.code == 0, done.err
        if handshake:
            self.handshake()

    def _add_condition(self) -> None:
        path = self.project.folder / "build" / "all.json"
        template = json.loads(path.read_text())
        template["Conditions"] = {"HasImage": {"Fn::Not": [{"Fn::Equals": [{"Ref": "WebImage"}, ""]}]}}
        path.write_text(json.dumps(template))

    def entry(self, stack: str) -> Document:
        return {
            "service": SERVICE,
            "stack": stack,
            "pipeline": self.name,
            "branch": "prod",
            "repository": "owner/shop",
            "cluster": self.name,
            "ecs_service": SERVICE,
            "container": SERVICE,
            "url": None,
            "health_check_path": "/health",
            "desired_count": 1,
        }

    def handshake(self) -> None:
        done = self.project.aws.run("handshake", self.name, "--repository", str(self.repository))
        assert done.returncode == 0, done.stderr

    def run(self, *words: str, **environment: str) -> Result:
        return self.project.run(*words, **environment)

    def executions(self) -> list[Document]:
        """Return the releases, newest first: all executions but the one that begins when the pipeline is created."""
        return [one for one in self.all_executions() if one["trigger"]["triggerType"] != "CreatePipeline"]

    def all_executions(self) -> list[Document]:
        found: list[Document] = self.client("codepipeline").list_pipeline_executions(pipelineName=self.name)[
            "pipelineExecutionSummaries"
        ]
        return found

    def client(self, service: str) -> Any:
        return self.project.client(service)

    def until(self, holds: Callable[[], Any]) -> Any:
        return until(holds, lambda: self.run("status").out, PATIENCE)

    def wait_for(self, action: str) -> str:
        """Wait until an action of the newest execution is at work; give the execution's id."""

        def at_work() -> str:
            details = self.client("codepipeline").list_action_executions(pipelineName=self.name)
            found = [one for one in details["actionExecutionDetails"] if one["status"] == "InProgress"]
            return next((one["pipelineExecutionId"] for one in found if one["actionName"] == action), "")

        return str(self.until(at_work))

    def wait_for_build(self) -> str:
        return self.wait_for("bake")

    def wait_until_asked(self) -> str:
        return self.wait_for("Approve")
