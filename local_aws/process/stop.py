"""Stops the local AWS; what it holds is kept."""

import argparse
import os
import signal
import time

from local_aws.process import rehearsal_database
from local_aws.process.discovery import running_in, unanswering
from local_aws.process.folder_lock import held
from local_aws.process.server_record import StateFolder, is_alive
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

_SECONDS_TO_END = 15
_SECONDS_BETWEEN_LOOKS = 0.02


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Stop what runs in the folder."""
    del arguments
    return stop(folder)


def stop(folder: StateFolder) -> ExitCode:
    """Ask it to end, wait, and kill it where it does not; say what happened."""
    if not folder.path.is_dir():
        print("The local AWS does not run.")
        return ExitCode.CLEAN
    with held(folder):
        running = running_in(folder) or unanswering(folder)
        rehearsal_database.pause(folder)
        if running is None:
            _forget(folder)
            return ExitCode.CLEAN
        began = time.monotonic()
        killed = _end(running.pid)
        # A process that could not write the last changes leaves its record behind.
        is_kept = killed or not folder.is_served_by(running.pid)
        folder.forget()
    where = f"The local AWS at {running.endpoint_url} was"
    if not is_kept:
        raise CannotRunError(
            f"{where} stopped, and could not write all that it held to {folder.path}, as {folder.log} says; what it "
            "answered with success is kept. Make room on that disk before the next start."
        )
    how = "killed, as it did not end by itself" if killed else f"stopped in {time.monotonic() - began:.1f} s"
    print(f"{where} {how}; what it holds is kept in {folder.path}.")
    return ExitCode.CLEAN


def _forget(folder: StateFolder) -> None:
    broken = folder.record.exists() and folder.read() is None
    folder.forget()
    if broken:
        print(f"{folder.record} was broken, and was removed; what served this folder ends by itself within seconds.")
    else:
        print("The local AWS does not run.")


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
