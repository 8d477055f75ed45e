"""Finds and kills all processes of a build that no sandbox holds, by what this user can see of them.

A process is the build's when its environment names the build, when it belongs to the session of a command, or when an
ancestor is the build's. One that clears its environment, starts a session of its own and loses its parent can hide from
that; nothing hides in a sandbox.
"""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

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
        known: set[psutil.Process] = set()
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


def _signal(processes: set[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)


def _of_build(build_id: str, sessions: set[int]) -> set[psutil.Process]:
    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) in sessions or process.environ().get(MARK) == build_id:
                found |= {process, *process.children(recursive=True)}
    return {process for process in found if process.pid != os.getpid() and _is_alive(process)}


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False
