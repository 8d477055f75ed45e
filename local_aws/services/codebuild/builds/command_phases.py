"""Runs the commands of one phase: the commands, then the finally block, again where on-failure says RETRY.

AWS documents RETRY as "retry the build". Here the phase is run again within the same build, so that whoever holds the
build's id sees the outcome.
"""

import re
import signal
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from buildspecs.reading.model import Action, Phase
from local_aws.services.codebuild.builds.build_log import BuildLog
from local_aws.services.codebuild.machine.shell import Shell

KEPT_LINES = 200
"""How much of a failed command's output a RETRY pattern is looked for in."""


@dataclass
class Tail:
    """Passes lines on to the log and keeps the last of them."""

    log: BuildLog
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))

    def write(self, lines: Sequence[str]) -> None:
        """Take lines of a command."""
        self.log.output(lines)
        self.lines.extend(lines)


@dataclass
class CommandPhases:
    """The phases of one build, run in one shell."""

    shell: Shell
    log: BuildLog
    tail: Tail
    _evidence: list[str] = field(default_factory=list)

    def run(self, name: str, phase: Phase) -> str:
        """Run a phase; gives why it failed, or nothing."""
        self.log.event(f"Entering phase {name.upper()}")
        before = self.shell.succeeding
        retries = phase.on_failure.retries if phase.on_failure and phase.on_failure.action is Action.RETRY else 0
        for attempt in range(retries + 1):
            self.shell.succeeding = before
            failure = self._attempt(phase)
            if not failure or attempt == retries or not self._matches(phase):
                return failure
            self.log.event(f"Retrying phase {name.upper()} ({attempt + 1} of {retries})")
        return ""

    def _attempt(self, phase: Phase) -> str:
        self._evidence = []
        failure = self._commands(phase.commands)
        in_finally = self._commands(phase.finally_commands)
        return failure or in_finally

    def _commands(self, commands: Sequence[str]) -> str:
        for command in commands:
            shown = command.rstrip("\n")
            self.log.event(f"Running command {shown}")
            self.tail.lines.clear()
            status = self.shell.run(command)
            if status != 0:
                reason = f"exit status {status}" if status > 0 else f"signal: {signal.Signals(-status).name}"
                self.shell.succeeding = False
                self.log.event(f"Command did not exit successfully {shown} {reason}")
                failure = f"Error while executing command: {shown}. Reason: {reason}"
                self._evidence += [failure, *self.tail.lines]
                return failure
        return ""

    def _matches(self, phase: Phase) -> bool:
        pattern = phase.on_failure.pattern if phase.on_failure else ".*"
        return any(re.search(pattern, text) for text in self._evidence)
