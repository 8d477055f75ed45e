"""Finds and kills all processes of a build that no sandbox holds, by what can be seen of them in /proc.

A process is the build's when its environment names the build, when it belongs to the session of a command, or when an
ancestor is the build's. One that clears its environment, starts a session of its own and loses its parent can hide from
that; nothing hides in a sandbox.
"""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
MARK = "CODEBUILD_BUILD_ID"
"""Every command of a build has this in its environment, with the build's id."""
ROUNDS = 50
GONE_SECONDS = 5.0


@dataclass
class ProcessTree:
    """The processes of the build ``build_id``."""

    build_id: str
    sessions: set[int] = field(default_factory=set)

    def kill(self) -> None:
        """Kill all of them, however they were started."""
        # First what is known by its ancestors: once a parent is gone, nobody can tell whose its children were.
        self._kill_seen()
        for session in self.sessions:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(session, signal.SIGKILL)

    def _kill_seen(self) -> None:
        # Stopped processes fork no more: when a look finds no new one, all are known and can be killed.
        known: set[int] = set()
        for _ in range(ROUNDS):
            found = _of_build(self.build_id, self.sessions) - known
            if not found:
                break
            _signal(found, signal.SIGSTOP)
            known |= found
        _signal(known, signal.SIGKILL)
        deadline = time.monotonic() + GONE_SECONDS
        while known & _of_build(self.build_id, self.sessions) and time.monotonic() < deadline:
            time.sleep(0.01)


def _signal(processes: set[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


@dataclass(frozen=True)
class _Process:
    parent: int
    session: int
    state: str


def _of_build(build_id: str, sessions: set[int]) -> set[int]:
    table = _table()
    mark = f"{MARK}={build_id}".encode()
    found = {number for number, process in table.items() if process.session in sessions or _marked(number, mark)}
    grown = True
    while grown:
        children = {number for number, process in table.items() if process.parent in found} - found
        found |= children
        grown = bool(children)
    return {number for number in found if table[number].state not in "ZX"} - {os.getpid()}


def _table() -> dict[int, _Process]:
    table = {}
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # The name in parentheses may hold anything; the fields after it are numbers (proc(5), stat).
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            table[int(folder.name)] = _Process(parent=int(fields[1]), session=int(fields[3]), state=fields[0])
    return table


def _marked(number: int, mark: bytes) -> bool:
    try:
        return mark in (PROC / str(number) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
