"""A command on a terminal of its own, as a person has it."""

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.delivery.project import Project

PATIENCE = 60.0
"""Seconds to wait for a text."""


@dataclass
class Terminal:
    process: subprocess.Popen[bytes]
    master: int
    text: str = ""

    def wait_for(self, wanted: str) -> None:
        """Read until ``wanted`` was shown."""
        end = time.monotonic() + PATIENCE
        while wanted not in self.text:
            assert time.monotonic() < end, f"{wanted!r} was not shown: {self.text}"
            if not self._read():
                raise AssertionError(f"{wanted!r} was not shown before the end: {self.text}")

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    def press_ctrl_c(self) -> None:
        time.sleep(0.3)  # Python shows a prompt a moment before it listens; no person is quicker than that
        os.kill(self.process.pid, signal.SIGINT)

    def end(self) -> int:
        """Read to the end; give the exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.master], [], [], PATIENCE)
        try:
            piece = os.read(self.master, 4096) if ready else b""
        except OSError:  # Linux's word for a terminal that nobody holds open any more
            piece = b""
        self.text += piece.decode()
        return bool(piece)


@contextmanager
def on_terminal(project: Project, *words: str, **environment: str) -> Iterator[Terminal]:
    with terminal(project.command(*words), project.folder, project.variables(TERM="xterm", **environment)) as opened:
        yield opened


@contextmanager
def terminal(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a command on a terminal; it is ended at the end."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder, env=variables, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
