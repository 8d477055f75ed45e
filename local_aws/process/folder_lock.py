"""The lock of a state folder, which whoever starts or stops a local AWS holds."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from local_aws.process.server_record import StateFolder
from local_aws.state.files import open_private
from reporting.errors import CannotRunError
from reporting.terminal import WaitNotice

_SECONDS_TO_HOLD = 50
_SECONDS_BETWEEN_LOOKS = 0.02


@contextmanager
def held(folder: StateFolder) -> Iterator[None]:
    """Hold the folder's lock: two starts at once are one after the other."""
    try:
        # Not inheritable, as all that Python opens: the process that serves must not keep it.
        lock = os.fdopen(open_private(folder.lock, os.O_WRONLY), "w")
    except OSError as error:
        raise CannotRunError(f"{folder.lock} can't be opened ({error.strerror}): remove it, and try again.") from error
    with lock:
        _lock(lock.fileno(), folder)
        yield


def _lock(lock: int, folder: StateFolder) -> None:
    began, notice = time.monotonic(), WaitNotice()
    while (passed := time.monotonic() - began) < _SECONDS_TO_HOLD:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            notice.clear()
            return
        notice.show(passed, f"waiting for another command that starts or stops the local AWS of {folder.path}")
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    raise CannotRunError(
        f"Another command has been starting or stopping the local AWS of {folder.path} for {_SECONDS_TO_HOLD} s: it "
        f"holds {folder.lock}. Wait for it, or end it, and try again."
    )
