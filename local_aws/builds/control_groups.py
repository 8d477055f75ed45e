"""A control group that holds all processes of a build, so that none can leave it, whatever it forks.

Interface: https://docs.kernel.org/admin-guide/cgroup-v2.html
"""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
OWN_GROUP = Path("/proc/self/cgroup")
PREFIX = "local-aws-build-"
GONE_SECONDS = 5.0
JOIN = 'echo 0 >"$0/cgroup.procs" && exec "$@"'


def create(name: str) -> Path | None:
    """Make a control group below this process's own; None where that isn't possible."""
    parent = _own_folder()
    if parent is None:
        return None
    folder = parent / f"{PREFIX}{name}"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    if os.access(folder / "cgroup.procs", os.W_OK):
        return folder
    remove(folder)
    return None


def joined(folder: Path, command: Sequence[str]) -> list[str]:
    """Give the command line that enters the group first and then becomes ``command``."""
    return ["/bin/sh", "-c", JOIN, str(folder), *command]


def kill(folder: Path) -> None:
    """Kill everything in the group, and wait until it is empty."""
    deadline = time.monotonic() + GONE_SECONDS
    while members := _members(folder):
        if not _kill_at_once(folder):
            for process in members:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)


def remove(folder: Path) -> None:
    """Take the empty group away."""
    with suppress(OSError):
        folder.rmdir()


def _kill_at_once(folder: Path) -> bool:
    # cgroup.kill came with Linux 5.14.
    try:
        (folder / "cgroup.kill").write_text("1")
    except OSError:
        return False
    return True


def _members(folder: Path) -> list[int]:
    try:
        return [int(line) for line in (folder / "cgroup.procs").read_text().split() if line != "0"]
    except OSError:
        return []


def _own_folder() -> Path | None:
    try:
        mounts = [line.split() for line in MOUNTS.read_text().splitlines()]
        groups = OWN_GROUP.read_text().splitlines()
    except OSError:
        return None
    roots = [fields[4] for fields in mounts if fields[fields.index("-") + 1] == "cgroup2"]
    own = [line.removeprefix("0::") for line in groups if line.startswith("0::")]
    if not roots or not own:
        return None
    folder = Path(roots[0], own[0].lstrip("/"))
    return folder if os.access(folder, os.W_OK) else None
