"""Runs the scripts of a build in a container of the project's image, or of one that was chosen."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local_aws.services.codebuild.builds.failures import PhaseError
from local_aws.services.codebuild.builds.ports import Container
from local_aws.services.codebuild.docker_proxy.client import LABEL
from local_aws.services.codebuild.machine.launching import Finished
from local_aws.services.codebuild.machine.workspace import Workspace

INSIDE = "/var/run/docker.sock"
WAIT_FOREVER = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"
ENGINE_SECONDS = 60
LONGEST_ANSWER = 1 << 20


@dataclass
class ContainerLauncher:
    """One container for the whole build: the folders that commands write to are at the same paths.

    ``engine`` is this machine's; ``privileged`` tells whether the build reaches one too, through its own socket.
    """

    build_id: str
    workspace: Workspace
    settings: Container
    image: str
    output: int
    engine: str
    privileged: bool
    name: str = ""

    def open(self) -> None:
        """Start the container; raises ``PhaseError`` with the engine's words when it can't be."""
        self.name = f"local-aws-build-{self.build_id.rpartition(':')[2]}"
        mounts = [f"{folder}:{folder}" for folder in self.workspace.written_by_commands]
        mounts += [f"{self.workspace.programs}:{self.workspace.programs}:ro", f"{self.workspace.home}:/root"]
        mounts += [f"{self.workspace.engine}:{INSIDE}"] if self.privileged else []
        finished = self._docker(
            # CodeBuild runs commands as root, whatever user the image names.
            *("run", "--detach", "--init", "--user", "0:0", "--name", self.name),
            *("--label", f"{LABEL}={self.build_id}", "--network", self.settings.network),
            *(word for mount in mounts for word in ("--volume", mount)),
            *("--tmpfs", str(self.workspace.shell), "--workdir", str(self.workspace.source)),
            *("--entrypoint", "/bin/sh", self.image, "-c", WAIT_FOREVER),
        )
        if finished.returncode != 0:
            message = f"Unable to pull customer's container image. CannotPullContainerError: {finished.stderr.strip()}"
            raise PhaseError("BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE", message)

    def start(self, command: Sequence[str], text: str, *, captured: bool) -> "ContainerScript":
        """Start a script in the container."""
        if not self.name:
            self.open()
        answer = tempfile.TemporaryFile() if captured else None  # noqa: SIM115 - ``wait`` closes it
        process = subprocess.Popen(
            ["docker", "exec", "--interactive", self.name, *command],
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=answer or self.output,
            stderr=self.output,
            start_new_session=True,
        )
        return ContainerScript(process, text, answer)

    def show(self, folders: Iterable[Path]) -> None:
        """Show nothing: the image has what it has."""

    def kill(self) -> None:
        """Kill the container with all that runs in it."""
        if self.name:
            self._docker("kill", self.name)

    def close(self) -> None:
        """Remove the container."""
        if self.name:
            self._docker("rm", "--force", "--volumes", self.name)
            self._take_back()
            self.name = ""

    def _take_back(self) -> None:
        """Let this user remove files that root in the container made."""
        if os.getuid() != 0:
            folder = str(self.workspace.folder)
            owner = f"{os.getuid()}:{os.getgid()}"
            own = ("--user", "0:0", "--entrypoint", "chown", self.image, "-hR", owner, folder)
            self._docker("run", "--rm", "--volume", f"{folder}:{folder}", *own)

    def _docker(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                ["docker", *arguments],
                env=self._environment(),
                capture_output=True,
                text=True,
                check=False,
                timeout=ENGINE_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return subprocess.CompletedProcess(arguments, 1, "", f"the container engine can't be used: {error}")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DOCKER_HOST": self.engine}


@dataclass(frozen=True)
class ContainerScript:
    """A script that runs in the container."""

    process: "subprocess.Popen[bytes]"
    text: str
    answer: IO[bytes] | None

    def wait(self) -> Finished:
        """Hand the script over and wait for its end."""
        with suppress(BrokenPipeError):
            self.process.communicate(self.text.encode("utf-8", "surrogateescape"))
        status = self.process.wait()
        if self.answer is None:
            return Finished(status)
        with self.answer as answer:
            answer.seek(0)
            return Finished(status, answer.read(LONGEST_ANSWER).decode("utf-8", "replace"))
