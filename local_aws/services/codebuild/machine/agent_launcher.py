"""Runs scripts on this machine, in a sandbox where there is one, by an agent that stays for the whole build.

So what a command leaves in the background is there for the next one, and all of it ends with the agent.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGKILL

from local_aws.services.codebuild.machine.launching import Finished
from local_aws.services.codebuild.machine.processes import ProcessTree
from local_aws.services.codebuild.machine.sandbox import UMASK, Confined, Sandbox

INTERPRETER = Path(sys.executable).resolve()
AGENT = Path(__file__).with_name("agent.py")
LONGEST_LINE = 1 << 23
"""An answer of the agent's greatest length, each character escaped."""


@dataclass
class AgentLauncher:
    """``tree`` knows the processes where no sandbox holds them."""

    environment: Mapping[str, str]
    output: int
    tree: ProcessTree
    sandbox: Sandbox | None
    _agent: "Agent | None" = None

    def start(self, command: Sequence[str], text: str, *, captured: bool) -> "Agent":
        """Start a script; the first one starts the agent."""
        self._agent = self._agent or self._begin()
        self._agent.ask({"command": list(command), "text": text, "captured": captured})
        return self._agent

    def show(self, folders: Iterable[Path]) -> None:
        """Have scripts see further folders of this machine."""
        if self.sandbox:
            self.sandbox = replace(self.sandbox, shown=[*self.sandbox.shown, *folders])

    def kill(self) -> None:
        """Kill every process of the build."""
        if self._agent and self._agent.confined:
            self._agent.confined.kill()
        elif self._agent:
            self.tree.kill()

    def close(self) -> None:
        """Kill what a command left in the background: the machine of a build ends with it."""
        self.kill()
        if self._agent:
            self._agent.close()
        self._agent = None

    def _begin(self) -> "Agent":
        ours, theirs = socket.socketpair()
        command = [str(INTERPRETER), "-I", "-S", str(AGENT), str(theirs.fileno())]
        with theirs:
            if self.sandbox:
                confined = self.sandbox.start(command, self.environment, self.output, [theirs.fileno()])
                return Agent(ours, confined.process, confined)
            return Agent(ours, self._unconfined(command, theirs.fileno()))

    def _unconfined(self, command: Sequence[str], kept: int) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
            pass_fds=[kept],
            start_new_session=True,
            umask=UMASK,
        )
        self.tree.sessions.add(process.pid)
        return process


class Agent:
    """The agent of a build that runs, and the script that it runs."""

    def __init__(
        self, channel: socket.socket, process: "subprocess.Popen[bytes]", confined: Confined | None = None
    ) -> None:
        self._channel, self._process, self.confined = channel, process, confined
        self._answers = channel.makefile("rb")

    def ask(self, script: Mapping[str, object]) -> None:
        """Have a script run; an agent that a command has killed is not there to hear it."""
        with suppress(OSError):
            self._channel.sendall(f"{json.dumps(script)}\n".encode())

    def wait(self) -> Finished:
        """Wait for the script's end; one that was killed with all that runs gives no answer."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            answer = json.loads(self._answers.readline(LONGEST_LINE))
            return Finished(int(answer["status"]), str(answer["answer"]))
        return Finished(-SIGKILL)

    def close(self) -> None:
        """Let go of it, once it was killed."""
        self._process.wait()
        self._answers.close()
        self._channel.close()
