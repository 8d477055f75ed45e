"""Processes that do one task at a time, within limits of time and memory; one that breaks a limit is ended.

A worker is forked, so it has what its parent has loaded. It ends with its parent, however that ends.
"""

import contextlib
import ctypes
import errno
import multiprocessing
import os
import resource
import signal
import stat
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from linting.limits import MEMORY, PATIENCE, SECONDS

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def end_with(life: int) -> None:
    """End this process when ``life``, a pipe whose other end the parent alone holds, is closed.

    On Linux the kernel sees to it as well, also where a library holds Python up.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    threading.Thread(target=_watch, args=(life,), name="end with parent", daemon=True).start()


def _watch(life: int) -> None:
    while os.read(life, 4096):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


_FORK = multiprocessing.get_context("fork")
_read_life, _write_life = os.pipe()
"""Closed on its writing side by this process's end alone: workers close theirs, and watch the other."""


@dataclass(frozen=True)
class GaveUp:
    """Stands for the answer of a worker that did not come to one; ``reason`` as in "it needs more than 4 GB"."""

    reason: str


class Workers:
    """As many as ``count`` processes that run ``work``, which takes a task and returns an answer; both can be sent."""

    def __init__(
        self, work: Callable[[Any], Any], count: int = 1, seconds: int = SECONDS, patience: int = PATIENCE
    ) -> None:
        self._work = work
        self._count = count
        self._seconds = seconds
        self.patience = patience
        self._tasks: deque[Any] = deque()
        self._idle: list[tuple[Connection, BaseProcess]] = []
        self._busy: dict[Connection, tuple[BaseProcess, Any]] = {}
        self._begun: dict[Connection, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in [*(process for _, process in self._idle), *(process for process, _ in self._busy.values())]:
            process.kill()
            process.join()

    def prepare(self) -> None:
        """Start one worker now, before there is a task."""
        self._idle.append(self._started())

    def give(self, tasks: Iterable[Any]) -> None:
        """Hand over tasks, which are begun in this order."""
        self._tasks += tasks
        self._begin()

    @property
    def waited_for(self) -> list[Connection]:
        """What speaks when a task is done, or when its worker has ended."""
        return list(self._busy)

    def end_overdue(self) -> None:
        """Kill those that have waited for something that does not come; their answers say so."""
        for connection, (process, _) in self._busy.items():
            if time.monotonic() - self._begun[connection] > self.patience:
                process.kill()
                self._begun[connection] = 0

    def answered(self, connection: Connection) -> tuple[Any, Any]:
        """Return a task and its answer, or ``GaveUp``."""
        process, task = self._busy.pop(connection)
        try:
            answer = connection.recv()
        except (EOFError, OSError):
            process.join()
            late = f"it was not done within {self.patience} seconds"
            answer = GaveUp(_reason(process.exitcode or 0, self._seconds) if self._begun[connection] else late)
        else:
            self._idle.append((connection, process))
        self._begin()
        return task, answer

    def _begin(self) -> None:
        while self._tasks and len(self._busy) < self._count:
            connection, process = self._idle.pop() if self._idle else self._started()
            task = self._tasks.popleft()
            self._busy[connection], self._begun[connection] = (process, task), time.monotonic()
            with contextlib.suppress(BrokenPipeError):  # it has ended meanwhile; the answer says so
                connection.send(task)

    def _started(self) -> tuple[Connection, BaseProcess]:
        ours, theirs = _FORK.Pipe()
        process = _FORK.Process(target=_serve, args=(self._work, theirs, self._seconds), daemon=True)
        process.start()
        theirs.close()
        return ours, process


def answers(*several: Workers) -> Iterator[tuple[Workers, Any, Any]]:
    """Return (workers, task, answer) of every task as it is done, until none is left."""
    while busy := {connection: workers for workers in several for connection in workers.waited_for}:
        for connection in wait(list(busy), min(workers.patience for workers in several)):
            if isinstance(connection, Connection):
                yield busy[connection], *busy[connection].answered(connection)
        for workers in several:
            workers.end_overdue()


def _serve(work: Callable[[Any], Any], connection: Connection, seconds: int) -> None:
    os.close(_write_life)
    end_with(_read_life)
    sys.addaudithook(_refuse_what_may_never_end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which ends this
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = connection.recv()
            _limit(resource.RLIMIT_CPU, _seconds_spent() + seconds)
            try:
                answer = work(task)
            except MemoryError:
                answer = GaveUp(f"it needs more than {MEMORY // 1024**3} GB of memory")
            except Exception as error:  # noqa: BLE001 - whatever a strange file makes of a linter, it is told
                answer = GaveUp(f"it failed with {error!r}")
            connection.send(answer)


def _refuse_what_may_never_end(event: str, given: tuple[object, ...]) -> None:
    """Let only files be opened: a template may name others beside it, and a pipe or a device there has no end."""
    if event == "open" and isinstance(given[0], (str, bytes)) and given[0] not in (os.devnull, os.devnull.encode()):
        try:
            mode = os.stat(given[0]).st_mode  # noqa: PTH116 - whatever name was given
        except (OSError, ValueError):
            return  # to open it fails too
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise PermissionError(errno.EACCES, "neither a file nor a folder", given[0])


def _limit(what: int, most: int) -> None:
    """Lower this process's own limit; a limit that the user has set lower stays."""
    _, hard = resource.getrlimit(what)
    with contextlib.suppress(ValueError, OSError):  # macOS has no limit of address space
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _seconds_spent() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int(used.ru_utime + used.ru_stime) + 1


def _reason(code: int, seconds: int) -> str:
    if code == -signal.SIGXCPU:
        return f"it was not done within {seconds} seconds of the processor"
    return f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"
