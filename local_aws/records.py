"""Records that survive anything short of a broken disk: one JSON file, replaced as a whole at every change."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace the file at ``path``: after a crash it holds either the old content or the new, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def open_private(path: Path, flags: int) -> int:
    """Open a file that only its owner may read, whatever the umask, and also one that was made with a wider mode.

    Returns the descriptor; the file is created where there is none.
    """
    descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


class Records:
    """JSON objects by key, kept in the file at ``path``. Every change is on disk before the call returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._records: dict[str, Record] = json.loads(path.read_bytes()) if path.exists() else {}

    def get(self, key: str) -> Record | None:
        """Give a copy of the record under ``key``; None where there is none."""
        with self._lock:
            record = self._records.get(key)
            return None if record is None else _copied(record)

    def all(self) -> Mapping[str, Record]:
        """Give a copy of all records, in the order in which they were made."""
        with self._lock:
            records: Mapping[str, Record] = _copied(self._records)
            return records

    def put(self, key: str, record: Record) -> None:
        """Keep ``record`` under ``key``, in place of what was there."""
        with self._lock:
            self._records[key] = _copied(record)
            self._write()

    def change(self, key: str, change: Callable[[Record], None]) -> Record:
        """Apply ``change`` to the record under ``key``, which must be there; give a copy of what it is now."""
        with self._lock:
            record: Record = _copied(self._records[key])
            change(record)
            self.put(key, record)
            return record

    def delete(self, key: str) -> None:
        """Forget the record under ``key``, if there is one."""
        with self._lock:
            if self._records.pop(key, None) is not None:
                self._write()

    def _write(self) -> None:
        write_atomically(self._path, json.dumps(self._records, indent=1).encode())


def _copied(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(json.dumps(value))
