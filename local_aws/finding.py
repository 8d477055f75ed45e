"""Finds out whether the local AWS of a state folder runs, and who else holds a port."""

from pathlib import Path

from local_aws.asking import IDENTITY_PATH, ask
from local_aws.instance import Running, StateFolder, is_alive


def running_in(folder: StateFolder) -> Running | None:
    """Give the record of the process that serves this very folder and answers; None where none does."""
    running = folder.read()
    if running is None or not is_alive(running.pid):
        return None
    answer = ask(running.port, IDENTITY_PATH)
    if answer is None or answer.members.get("pid") != running.pid:
        return None
    return running


def holder_of(port: int) -> str | None:
    """Describe who listens on a port, for a sentence; None where nobody does."""
    answer = ask(port, IDENTITY_PATH, seconds=1)
    if answer is None:
        return None
    if "state" in answer.members:
        state, pid = answer.members["state"], answer.members["pid"]
        if StateFolder(Path(state)).is_served_by(pid):
            return f"the local AWS of another folder ({state}, process {pid})"
        return f"a local AWS whose folder was removed ({state}, process {pid})"
    process = _process_listening(port)
    return f"another program ({process})" if process else "another program"


def state_at(port: int) -> Path | None:
    """Give the state folder that the local AWS at a port was started for; None where none answers."""
    answer = ask(port, IDENTITY_PATH, seconds=1)
    return Path(answer.members["state"]) if answer is not None and "state" in answer.members else None


def _process_listening(port: int) -> str | None:
    """Name the process that listens on a port, where Linux lets us see it."""
    inodes = {
        fields[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in _rows(Path(table))
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    sockets = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in sockets for link in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()}, process {process.name}"
        except OSError:
            continue
    return None


def _rows(table: Path) -> list[list[str]]:
    try:
        return [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []
