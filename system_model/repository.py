"""The files of the repository that is released, and an account of what was looked at there.

The account tells later whether a look would give the same again: ``{"text PATH": digest, "below FOLDER": digest}``.
"""

import hashlib
import os
import posixpath
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

PASSED_OVER = {"node_modules", "__pycache__", "venv"}
"""Folders that are no part of a repository; and all that begin with a dot."""
LARGEST = 1_000_000
"""Bytes of a file that is still read."""
Conclusions = dict[str, dict[str, Any]]
"""By name: ``{"conclusion": what can be written as JSON, "looked_at": the account of what led to it}``."""


class Repository:
    """The folder ``top``; every path is relative to it, with slashes.

    ``earlier`` conclusions hold while what each was drawn from is unchanged; ``conclusions`` are those of this time.
    """

    def __init__(self, top: Path, earlier: Conclusions | None = None) -> None:
        self.top = top
        self.looked_at: dict[str, str] = {}
        self.conclusions: Conclusions = {}
        self._earlier = earlier or {}
        self._texts: dict[str, str | None] = {}
        self._folders: dict[str, Sequence[str]] = {}

    def text(self, path: str) -> str | None:
        """Return the text of a file; None where there is none, or one too large."""
        if path not in self._texts:
            content = _content(self.top / path) if self._is_file_below(path) else None
            self.looked_at[f"text {path}"] = _digest(content)
            self._texts[path] = None if content is None else content.decode("utf-8", "replace")
        return self._texts[path]

    @cached_property
    def _top(self) -> str:
        return posixpath.join(os.path.realpath(self.top), "")

    def _is_file_below(self, path: str) -> bool:
        place = posixpath.join(self._top, path)
        try:
            return os.path.isfile(place) and os.path.realpath(place).startswith(self._top)  # noqa: PTH113 - asked of thousands
        except ValueError:
            return False

    def below(self, folder: str) -> Sequence[str]:
        """Give the paths of all files below a folder, sorted; who concludes something from them says ``depends_on``."""
        if folder not in self._folders:
            self._folders[folder] = _files(self.top, folder)
        return self._folders[folder]

    def depends_on(self, folder: str) -> None:
        """Note that the files below a folder, and no others, led to a conclusion."""
        self.looked_at[f"below {folder}"] = _digest("\n".join(self.below(folder)).encode())

    def concluded(self, name: str, conclude: Callable[["Repository"], Any]) -> Any:  # noqa: ANN401 - JSON
        """Return what ``conclude`` makes of files, or made of them before, where they are as they were."""
        known = self._earlier.get(name)
        if known is None or not is_unchanged(self.top, known["looked_at"]):
            apart = Repository(self.top)
            known = {"conclusion": conclude(apart), "looked_at": apart.looked_at}
        self.conclusions[name] = known
        self.looked_at |= known["looked_at"]
        return known["conclusion"]

    def read_files(self) -> list[str]:
        """Return the paths of the files that were read."""
        return sorted(path for path, text in self._texts.items() if text is not None)

    def inside(self, path: str) -> str | None:
        """Return a path without detours; None for one that leads out of the repository, or to its top."""
        plain = posixpath.normpath(path.lstrip("/"))
        return None if plain == "." or plain.startswith("..") else plain


def is_unchanged(top: Path, looked_at: Mapping[str, str]) -> bool:
    """Return whether everything that was looked at below ``top`` is still the same."""
    for account, digest in looked_at.items():
        kind, _, path = account.partition(" ")
        content = _content(top / path) if kind == "text" else "\n".join(_files(top, path)).encode()
        if _digest(content) != digest:
            return False
    return True


def _files(top: Path, folder: str) -> list[str]:
    found = []
    for place, folders, names in os.walk(top / folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in PASSED_OVER]
        here = Path(place).relative_to(top).as_posix()
        found += [f"{here}/{name}" for name in names if not name.endswith(".pyc")]
    return sorted(found)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST else None
    except (OSError, ValueError):
        return None


def _digest(content: bytes | None) -> str:
    return "none" if content is None else hashlib.sha256(content).hexdigest()
