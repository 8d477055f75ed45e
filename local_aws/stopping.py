"""Stops the local AWS, and forgets what it held."""

import os
import shutil
import signal
import sys
import time

from local_aws.finding import running_in
from local_aws.instance import StateFolder, is_alive
from local_aws.starting import held
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

_SECONDS_TO_END = 15
_SECONDS_BETWEEN_LOOKS = 0.02


def stop(folder: StateFolder) -> ExitCode:
    """Ask it to end, wait, and kill it where it does not; say what happened."""
    if not folder.path.is_dir():
        print("The local AWS does not run.")
        return ExitCode.CLEAN
    with held(folder):
        running = running_in(folder) or _unanswering(folder)
        if running is None:
            folder.forget()
            print("The local AWS does not run.")
            return ExitCode.CLEAN
        began = time.monotonic()
        killed = _end(running.pid)
        folder.forget()
        how = "killed, as it did not end by itself" if killed else f"stopped in {time.monotonic() - began:.1f} s"
        print(f"The local AWS at {running.endpoint_url} was {how}; what it holds is kept in {folder.path}.")
    return ExitCode.CLEAN


def _unanswering(folder: StateFolder):  # noqa: ANN202
    """Give the record of a process that lives, is ours, and does not answer."""
    running = folder.read()
    if running is None or not is_alive(running.pid):
        return None
    from pathlib import Path

    try:
        words = Path(f"/proc/{running.pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return running if str(folder.path).encode() in words else None


def _end(pid: int) -> bool:
    """End a process; tell whether it had to be killed."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _SECONDS_TO_END
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return False
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os.kill(pid, signal.SIGKILL)
    return True


def reset(folder: StateFolder, *, yes: bool) -> ExitCode:
    """Stop it and remove its state folder, once the user agrees."""
    if not folder.path.is_dir():
        print(f"There is nothing at {folder.path}.")
        return ExitCode.CLEAN
    if not folder.identity.exists():
        raise CannotRunError(f"{folder.path} is no state folder of a local AWS: nothing was removed.")
    if not yes:
        if not sys.stdin.isatty():
            raise CannotRunError("Say --yes to forget all that the local AWS holds: there is no terminal to ask on.")
        if input(f"Forget everything in {folder.path}? Type yes: ") != "yes":
            raise CannotRunError("Nothing was removed.")
    stop(folder)
    shutil.rmtree(folder.path)
    print(f"{folder.path} was removed.")
    return ExitCode.CLEAN
