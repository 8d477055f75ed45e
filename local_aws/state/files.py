"""Files that are replaced as a whole, mapped into memory, or put aside when they are broken.

A process that is killed leaves the old content or the new. A machine that loses power does so where
``write_atomically`` has returned; what ``replace_file`` wrote survives that once ``sync_replaced`` has returned, too.
"""

import mmap
import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Self


def put_aside(path: Path, into: Path | None = None) -> Path:
    """Rename a file or folder to ``NAME.broken-DATE-TIME``, beside it or in another folder; give the new path."""
    folder = into or path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    target = next(aside for aside in map(folder.joinpath, names) if not aside.exists())
    path.rename(target)
    return target


LARGE = 1 << 20
"""Bytes from which on content is worth a file instead of memory."""


class MappedFile(mmap.mmap):
    """The content of the file at ``path``, which is replaced as a whole when it changes, and never written to.

    A long slice is a view of it; a short one, and every single byte, are as those of ``bytes``. It is there as long as
    somebody holds it, also when the file is gone.
    """

    path: Path

    @classmethod
    def of(cls, path: Path) -> Self:
        """Map a file, which has at least one byte."""
        with path.open("rb") as file:
            made = cls(file.fileno(), 0, access=mmap.ACCESS_READ)
        made.path = path
        return made

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - bytes' own signature
        if isinstance(key, slice) and len(range(*key.indices(len(self)))) > LARGE:
            return memoryview(self)[key]
        return super().__getitem__(key)


def replace_content(path: Path, content: bytes | MappedFile) -> None:
    """Replace the file at ``path``, by a second name for the content's own file where that can be."""
    if isinstance(content, MappedFile):
        try:
            return replace_with_link(path, content.path)
        except OSError:
            """The file has lost its name, or lies on another disk."""
    return replace_file(path, content)


DATABASE_FILE = "state.sqlite"
"""The database, below the state folder."""

_replaced: deque[Path] = deque()


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace the file at ``path``: after a crash it holds either the old content or the new, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, content, mode, synced=True)
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes | mmap.mmap) -> None:
    """Replace the file at ``path``, which takes no time on the disk: see above."""
    _replace(path, content, 0o600, synced=False)
    _replaced.append(path)


def replace_with_link(path: Path, source: Path) -> None:
    """Have the file at ``path`` be the one at ``source``, by a second name for it; as ``replace_file``, no time."""
    beside = _beside(path)
    beside.unlink(missing_ok=True)
    os.link(source, beside)
    beside.replace(path)
    _replaced.append(path)


def sync_replaced() -> None:
    """Have all that ``replace_file`` wrote so far survive a loss of power."""
    paths = {_replaced.popleft() for _ in range(len(_replaced))}
    for path in {*paths, *(path.parent for path in paths)}:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _replace(path: Path, content: bytes | mmap.mmap, mode: int, *, synced: bool) -> None:
    beside = _beside(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_private(path: Path, flags: int) -> int:
    """Open a file that only its owner may read, whatever the umask, and also one that was made with a wider mode.

    Returns the descriptor; the file is created where there is none.
    """
    descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor
