"""Finds out whether the local AWS of a state folder runs, and who else holds a port."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.process.control_client import IDENTITY_PATH, Answer, ask
from local_aws.process.server_record import ServerRecord, StateFolder, is_alive, may_live
from reporting.errors import CannotRunError


@dataclass(frozen=True)
class _Identity:
    """What a local AWS says of itself."""

    pid: int
    state: Path


SECONDS_TO_ANSWER = 10
"""How long a process that serves may take to say who it is: a busy machine is no reason to call it absent."""


def running_in(folder: StateFolder) -> ServerRecord | None:
    """Return the record of the process that serves this very folder and answers; None where none does."""
    running = folder.read()
    if running is None or not may_live(running.pid):
        return None
    identity = _identity_in(ask(running.port, IDENTITY_PATH, seconds=SECONDS_TO_ANSWER))
    return running if identity is not None and identity.pid == running.pid else None


def required(folder: StateFolder) -> ServerRecord:
    """Return the record of the process that serves this folder; ``CannotRunError`` says why there is none."""
    running = running_in(folder)
    if running is None:
        raise CannotRunError(absence(folder))
    return running


def absence(folder: StateFolder) -> str:
    """Say why no process serves the folder, and what to do."""
    if folder.record.exists() and folder.read() is None:
        return (
            f"{folder.record} is broken, and with it the local AWS of this folder can't be found: bin/local-aws start "
            "puts the file aside and starts afresh."
        )
    if (silent := unanswering(folder)) is not None:
        return f"The local AWS of {folder.path} (process {silent.pid}) does not answer: bin/local-aws stop ends it."
    return "The local AWS does not run: start it with bin/local-aws start."


def unanswering(folder: StateFolder) -> ServerRecord | None:
    """Return the record of a process that lives and is of this folder; to be asked for where none answers."""
    running = folder.read()
    if running is None or not is_alive(running.pid):
        return None
    import psutil  # noqa: PLC0415 - for what goes wrong alone

    try:
        words = psutil.Process(running.pid).cmdline()
    except psutil.Error:
        return None
    return running if str(folder.path) in words else None


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
    """Return the state folder that the local AWS at a port was started for; None where none answers."""
    identity = _identity_in(ask(port, IDENTITY_PATH, seconds=1))
    return identity.state if identity is not None else None


def _identity_in(answer: Answer | None) -> _Identity | None:
    """Read who answered; None where it is no local AWS."""
    members = answer.members if answer is not None else {}
    pid, state = members.get("pid"), members.get("state")
    return _Identity(pid, Path(state)) if isinstance(pid, int) and isinstance(state, str) else None


def _process_listening(port: int) -> str | None:
    """Return the name of the process that listens on a port, where this user may see it."""
    import psutil  # noqa: PLC0415 - as above

    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            held = process.net_connections("tcp")
            if any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in held):
                return f"{process.info['name']}, process {process.pid}"
    return None
