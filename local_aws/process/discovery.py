"""Finds out whether the local AWS of a state folder runs, and who else holds a port."""

import os
from dataclasses import dataclass
from pathlib import Path

from local_aws.process.control_client import IDENTITY_PATH, Answer, ask
from local_aws.process.server_record import Running, StateFolder, is_alive
from reporting.errors import CannotRunError


@dataclass(frozen=True)
class _Identity:
    """What a local AWS says of itself."""

    pid: int
    state: Path


def running_in(folder: StateFolder) -> Running | None:
    """Give the record of the process that serves this very folder and answers; None where none does."""
    running = folder.read()
    if running is None or not is_alive(running.pid):
        return None
    identity = _identity_in(ask(running.port, IDENTITY_PATH))
    return running if identity is not None and identity.pid == running.pid else None


def required(folder: StateFolder) -> Running:
    """Give the record of the process that serves this folder; ``CannotRunError`` says why there is none."""
    running = running_in(folder)
    if running is None:
        raise CannotRunError(absence(folder))
    return running


def absence(folder: StateFolder) -> str:
    """Say why no process serves the folder, and what to do."""
    if folder.record.exists() and folder.read() is None:
        return (
            f"{folder.record} is broken, and with it the local AWS of this folder can't be found: bin/local-aws start "
            "puts the file aside and starts anew."
        )
    if (silent := unanswering(folder)) is not None:
        return f"The local AWS of {folder.path} (process {silent.pid}) does not answer: bin/local-aws stop ends it."
    return "The local AWS does not run: start it with bin/local-aws start."


def unanswering(folder: StateFolder) -> Running | None:
    """Give the record of a process that lives and is of this folder; to be asked for where none answers."""
    running = folder.read()
    if running is None or not is_alive(running.pid):
        return None
    try:
        words = Path(f"/proc/{running.pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return running if os.fsencode(folder.path) in words else None


def holder_of(port: int) -> str | None:
    """Describe who listens on a port, for a sentence; None where nobody does."""
    answer = ask(port, IDENTITY_PATH, seconds=1)
    if answer is None:
        return None
    identity = _identity_in(answer)
    if identity is not None:
        if StateFolder(identity.state).is_served_by(identity.pid):
            return f"the local AWS of another folder ({identity.state}, process {identity.pid})"
        return f"a local AWS whose folder was removed ({identity.state}, process {identity.pid})"
    process = _process_listening(port)
    return f"another program ({process})" if process else "another program"


def state_at(port: int) -> Path | None:
    """Give the state folder that the local AWS at a port was started for; None where none answers."""
    identity = _identity_in(ask(port, IDENTITY_PATH, seconds=1))
    return identity.state if identity is not None else None


def _identity_in(answer: Answer | None) -> _Identity | None:
    """Read who answered; None where it is no local AWS."""
    members = answer.members if answer is not None else {}
    pid, state = members.get("pid"), members.get("state")
    return _Identity(pid, Path(state)) if isinstance(pid, int) and isinstance(state, str) else None


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
