"""One deployment or destruction of the same stacks at a time from this checkout: the next one waits for its turn.

Two at once would take the change sets of each other for leftovers. On other machines CloudFormation itself keeps order:
what one of them has begun, the other waits for.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from delivery.aws.polling import pauses
from delivery.model.manifest import Manifest
from delivery.output.reporter import Reporter
from reporting.errors import CannotRunError
from settings.cache import CACHE
from settings.environment import Environment

FOLDER = CACHE / "turns"


@contextmanager
def turn(environment: Environment, manifest: Manifest, minutes: float, teller: Reporter) -> Iterator[None]:
    """Within this, no other process of this checkout deploys or destroys the stacks of ``manifest``.

    It is waited for, at most ``minutes``; then ``CannotRunError`` says which process it is.
    """
    lock = _open(_path(environment, manifest))
    if lock is None:
        yield
        return
    try:
        _wait(lock, minutes, teller)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)


def _path(environment: Environment, manifest: Manifest) -> Path:
    place = (environment.endpoint_url, environment.account_id, environment.region, *manifest.stack_names())
    return FOLDER / f"{hashlib.sha256(repr(place).encode()).hexdigest()[:16]}.lock"


def _open(path: Path) -> int | None:
    """Open the lock file; ``None`` where none can be written, as in a read-only checkout."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    return None


def _wait(lock: int, minutes: float, teller: Reporter) -> None:
    told = False
    other = ""
    for passed in pauses(minutes):
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        other = os.pread(lock, 20, 0).decode(errors="replace") or "just begun"
        if not told:
            told = True
            teller.say(
                f"Another command of this checkout (process {other}) is at work on the same stacks; "
                f"waiting {minutes:g} minutes at most.",
                process=other,
            )
        teller.progress(f"waiting for process {other}: {passed:.0f} s")
    raise CannotRunError(
        f"Another command of this checkout (process {other}) is still at work on the same stacks after "
        f"{minutes:g} minutes.",
        "Run this again when that one is done, or wait longer with --wait-minutes.",
    )
