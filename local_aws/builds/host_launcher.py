"""Runs commands on this machine, with nothing of the user's environment."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.builds.processes import MARK, ProcessTree
from local_aws.builds.sources import UMASK
from local_aws.builds.workspace import Workspace


@dataclass
class HostLauncher:
    """Starts each command in a session of its own, and knows all processes that come of it."""

    workspace: Workspace
    tree: ProcessTree
    path: str

    def start(self, command: list[str], output: int) -> "subprocess.Popen[bytes]":
        """Start a command."""
        process = subprocess.Popen(
            self.tree.command(command),
            cwd=self.workspace.source,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=UMASK,
        )
        self.tree.sessions.add(process.pid)
        return process

    def kill(self) -> None:
        """Kill every process of the build."""
        self.tree.kill()

    def close(self) -> None:
        """Kill what a command left in the background: the machine of a build ends with it."""
        self.tree.close()

    def _environment(self) -> Mapping[str, str]:
        # The rest comes from the shell's own state; what stands here is seen in /proc of the shell itself.
        path = f"{self.workspace.programs}:{self.path}"
        return {MARK: self.tree.build_id, "HOME": str(self.workspace.home), "PATH": path, "LC_ALL": "C.UTF-8"}
