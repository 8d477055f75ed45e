"""A file of JSON lines that only grows, each line written at once; once it is long, it is put aside for a new one."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LONGEST_AT_START = 20_000_000
LONGEST = 200_000_000
"""Bytes from which on a new file is begun, at a start and at any time; the one before is kept, and no older one."""

_LAST_LINES = 1 << 20
"""Bytes from the end in which the last whole line is looked for."""


class Lines:
    """The objects in the file at ``path`` and in the one before it, ``EARLIER``, each with a ``sequence`` of its own.

    A process that is killed leaves whole lines, for each is one write; a machine that loses power may leave half a line
    at the end, after which the next start begins a new one.
    """

    def __init__(self, path: Path, *, at_start: int = LONGEST_AT_START, longest: int = LONGEST) -> None:
        self._path = path
        self._longest = longest
        self._lock = threading.Lock()
        self._left_open = b""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        last = next(_backwards(path), None) or next(_backwards(self.earlier), None) or {}
        self._sequence = last.get("sequence", 0)
        if path.exists() and path.stat().st_size > at_start:
            path.replace(self.earlier)
        self._open()

    @property
    def earlier(self) -> Path:
        """The file before this one."""
        return self._path.with_name(f"{self._path.stem}.earlier{self._path.suffix}")

    def append(self, make: Callable[[int], dict[str, Any]]) -> None:
        """Write the object that ``make`` gives for its sequence number; it can be read when this returns."""
        with self._lock:
            self._sequence += 1
            line = (
                self._left_open + (json.dumps(make(self._sequence), separators=(",", ":"), default=str) + "\n").encode()
            )
            if self._size + len(line) > self._longest:
                os.close(self._descriptor)
                self._path.replace(self.earlier)
                self._open()
            # On a disk that is full half a line is written, or none: the next one then begins anew.
            self._left_open = b"\n"
            written = os.write(self._descriptor, line)
            self._size += written
            if written == len(line):
                self._left_open = b""

    def all(self) -> Iterator[dict[str, Any]]:
        """Return the objects, oldest first; a line that is no JSON object with a number is left out."""
        with self._lock:
            texts = [path.read_bytes() for path in (self.earlier, self._path) if path.exists()]
        for text in texts:
            yield from (each for each in map(_read, text.splitlines()) if each is not None)

    def _open(self) -> None:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._descriptor).st_size
        if self._size and os.pread(self._descriptor, 1, self._size - 1) != b"\n":
            self._size += os.write(self._descriptor, b"\n")


def _backwards(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LAST_LINES))
            lines = file.read().splitlines()
    except OSError:
        return
    yield from (each for each in map(_read, reversed(lines)) if each is not None)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("sequence"), int) else None
