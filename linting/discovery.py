"""The files that a person names, one by one or by their folder."""

import codecs
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from linting.file_kinds import Kind, kind_of
from linting.limits import LARGEST
from reporting.errors import CannotRunError

ENDINGS = (".json", ".yaml", ".yml", ".template", ".templ")
"""Those that a folder is searched for; a file named itself may end as it likes."""
PASSED_OVER = ("node_modules", "__pycache__", "venv", "site-packages", "cdk.out")
"""Folders that hold what others wrote or tools made; and all that begin with a dot."""


@dataclass(frozen=True)
class DiscoveredFile:
    """A file as it was named, and its bytes; of one that is too large, one byte more than is allowed."""

    name: str
    kind: Kind
    content: bytes


def files_of(paths: Sequence[str]) -> list[DiscoveredFile]:
    """Read every file; every path that can't be looked at is told at once."""
    found: dict[str, DiscoveredFile] = {}
    wrong: list[str] = []
    for path in paths:
        try:
            chosen = list(_below(Path(path)) if Path(path).is_dir() else _named(Path(path)))
        except CannotRunError as error:
            wrong += error.sentences
        else:
            found |= {one.name: one for one in chosen}
    if wrong:
        raise CannotRunError(*wrong)
    return list(found.values())


def _named(path: Path) -> Iterator[DiscoveredFile]:
    content = _read(path)
    kind = kind_of(path.name, content)
    if kind is Kind.OTHER and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CannotRunError(f"{path}: it is UTF-16, which AWS does not read; save it as UTF-8.")
    if kind is Kind.OTHER:
        raise CannotRunError(
            f"{path}: it is neither a template (which has Resources) nor a buildspec (which has version and phases); "
            "name one of these, or the folder that they lie in."
        )
    yield DiscoveredFile(str(path), kind, content)


def _below(folder: Path) -> Iterator[DiscoveredFile]:
    found = False
    for path in sorted(_files(folder)):
        content = _read(path)
        kind = kind_of(path.name, content)
        if kind is not Kind.OTHER:
            found = True
            yield DiscoveredFile(str(path), kind, content)
    if not found:
        raise CannotRunError(
            f"{folder}: no template or buildspec lies in it; looked at were files that end in {', '.join(ENDINGS)}."
        )


def _files(folder: Path) -> Iterator[Path]:
    """Return the files that may be one; links to folders are not followed, as they may lead around in a circle."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in PASSED_OVER]
        for path in (Path(place, name) for name in names):
            if path.suffix in ENDINGS and path.is_file():
                yield path


_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _read(path: Path) -> bytes:
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        if kind != stat.S_IFREG:
            what = _KINDS.get(kind, "no file")
            raise CannotRunError(f"{path}: it is {what}; name a template, a buildspec or a folder of them.")
        # Files of the system may have no end, and others keep a reader waiting.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise CannotRunError(f"{path}: {reason}; name a template, a buildspec or a folder of them.") from None
