"""Runs commands in a container, and ends the containers that a build leaves behind.

Podman is spoken to through its Docker-compatible socket, which DOCKER_HOST names.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local_aws.builds.failures import PhaseError
from local_aws.builds.surroundings import Container
from local_aws.builds.workspace import CONTAINER_LABEL, Workspace

SOCKET = "/var/run/docker.sock"
WAIT_FOREVER = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"
ENGINE_SECONDS = 60


@dataclass
class ContainerLauncher:
    """One container for the whole build: its folder at the same path, and the engine's socket."""

    build_id: str
    workspace: Workspace
    settings: Container
    image: str
    name: str = ""

    def open(self) -> None:
        """Start the container; raises ``PhaseError`` with the engine's words when it can't be."""
        folder = str(self.workspace.folder)
        socket = os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or SOCKET
        self.name = f"local-aws-build-{self.build_id.rpartition(':')[2]}"
        finished = _docker(
            # CodeBuild runs commands as root, whatever user the image names.
            *(
                "run",
                "--detach",
                "--init",
                "--user",
                "0:0",
                "--name",
                self.name,
                "--label",
                f"{CONTAINER_LABEL}={self.build_id}",
            ),
            *("--network", self.settings.network, "--volume", f"{folder}:{folder}", "--volume", f"{socket}:{SOCKET}"),
            *("--volume", f"{self.workspace.home}:/root", "--workdir", str(self.workspace.source)),
            *("--entrypoint", "/bin/sh", self.image, "-c", WAIT_FOREVER),
        )
        if finished.returncode != 0:
            message = f"Unable to pull customer's container image. CannotPullContainerError: {finished.stderr.strip()}"
            raise PhaseError("BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE", message)

    def start(self, command: list[str], output: int) -> "subprocess.Popen[bytes]":
        """Start a command in the container."""
        return subprocess.Popen(
            ["docker", "exec", self.name, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill the container with all that runs in it."""
        if self.name:
            _docker("kill", self.name)

    def close(self) -> None:
        """Remove the container."""
        if self.name:
            _docker("rm", "--force", "--volumes", self.name)
            _give_back(self.workspace.folder, self.image)


def remove_left_behind(build_id: str) -> None:
    """Remove every container that carries the build's label."""
    if not shutil.which("docker"):
        return
    found = _docker("ps", "--all", "--quiet", "--filter", f"label={CONTAINER_LABEL}={build_id}")
    if names := found.stdout.split():
        _docker("rm", "--force", "--volumes", *names)


def _give_back(folder: Path, image: str) -> None:
    """Let this user remove files that root in a container made in ``folder``."""
    if os.getuid() != 0:
        owner = f"{os.getuid()}:{os.getgid()}"
        mount = ("--volume", f"{folder}:{folder}")
        _docker("run", "--rm", *mount, "--user", "0:0", "--entrypoint", "chown", image, "-R", owner, str(folder))


def _docker(*arguments: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            ["docker", *arguments], capture_output=True, text=True, check=False, timeout=ENGINE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(arguments, 1, "", f"the container engine can't be used: {error}")
