"""The files that a person names: by name, folder, pattern or revision of git, or by standard input."""

import codecs
import contextlib
import glob
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linting.limits import LARGEST
from linting.recognition.file_kinds import LINTED, Kind, kind_of
from reporting.errors import CannotRunError

NAME = "stdin"


@contextlib.contextmanager
def as_file(name: str) -> Iterator[Path]:
    """Keep what comes by standard input in a file for the time of ``with``; ``name`` tells what kind it may be."""
    with tempfile.TemporaryDirectory(prefix="lint-") as folder:
        path = Path(folder, Path(name).name or NAME)
        path.write_bytes(sys.stdin.buffer.read(LARGEST + 1))
        yield path


NOT_DELETED = "--diff-filter=d"


def changed_since(revision: str, paths: Sequence[str]) -> list[str]:
    """Return the files below ``paths`` (the working folder when none) that differ from ``revision``, or are new."""
    if revision.startswith("-"):
        raise CannotRunError(f"--changed {revision}: it is not a revision; name a commit, a branch or a tag.")
    below = list(paths) or ["."]
    differ = _git("diff", "--name-only", "-z", "--relative", NOT_DELETED, revision, "--", *below, revision=revision)
    new = _git("ls-files", "--others", "--exclude-standard", "-z", "--", *below, revision=revision)
    found = {name for name in (*differ, *new) if name.endswith(ENDINGS) and Path(name).is_file()}
    return sorted(found)


def _git(*words: str, revision: str) -> list[str]:
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, errors="surrogateescape", check=False)
    except FileNotFoundError:
        raise CannotRunError(f"--changed {revision}: git is not installed.") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        reason = said[0].removeprefix("fatal: ") if said else f"git ended with exit code {done.returncode}"
        raise CannotRunError(f"--changed {revision}: {reason}. Name a revision of the repository that you are in.")
    return [name for name in done.stdout.split("\0") if name]


ENDINGS = (".json", ".yaml", ".yml", ".template", ".templ")
"""Those that a folder is searched for; a file named itself may end as it likes."""
PASSED_OVER = ("node_modules", "__pycache__", "venv", "site-packages", "cdk.out")
"""Folders that hold what others wrote or tools made; and all that begin with a dot."""
WHAT_TO_NAME = "name a template, a buildspec, an AppSpec file, or a folder of them"


@dataclass(frozen=True)
class DiscoveredFile:
    """A file under the name that it was given, and where it is; its content is read when it is needed."""

    name: str
    kind: Kind
    path: Path

    @property
    def content(self) -> bytes:
        """Its bytes; of one that is too large, one byte more than is allowed, of one that is gone, none."""
        try:
            return _read(self.path)
        except CannotRunError:
            return b""


@dataclass
class Discovery:
    """What there is to look at; what can't be looked at, a sentence each, and what is worth a note."""

    files: dict[str, DiscoveredFile] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    known_only: bool = False

    def add(self, path: Path, *, named: bool) -> bool:
        """Add a file of a kind that there are rules for; of any other, one that was named itself gets a sentence."""
        try:
            content = _read(path)
        except CannotRunError as error:
            self.problems += error.sentences
            return True
        kind = kind_of(path.name, content)
        if kind in LINTED:
            self.files[str(path)] = DiscoveredFile(str(path), kind, path)
        elif (named and kind is not Kind.OTHER) or (kind is Kind.SOURCE and not self.known_only):
            self.notes.append(f"{path}: it is {kind.value}; no rule applies to that.")
        elif named:
            self.problems.append(f"{path}: {_what_it_lacks(content)}")
        return kind in LINTED


def discover(paths: Sequence[str], *, known_only: bool = False) -> Discovery:
    """Find every file that ``paths`` name; ``known_only`` passes over named files that are none of the kinds."""
    found = Discovery(known_only=known_only)
    for path in paths:
        for one in _matching(path):
            if not one.is_dir():
                found.add(one, named=not known_only)
            elif not _search(one, found) and not known_only:
                ends = ", ".join(ENDINGS)
                found.problems.append(
                    f"{one}: no template, buildspec or AppSpec file is in it; searched were files that end in {ends}."
                )
    return found


def _matching(path: str) -> Iterator[Path]:
    """Yield what a pattern matches, where no shell has done so, or the path itself."""
    matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) and not os.path.lexists(path) else []  # noqa: PTH207 - relative to where the command runs
    yield from map(Path, matches or [path])


def _search(folder: Path, found: Discovery) -> bool:
    """Add the files of ``folder``; links to folders are not followed, as they may lead around in a circle."""
    any_found = False
    for place, folders, names in os.walk(folder, onerror=lambda error: found.problems.append(_unreadable(error))):
        found.notes += _loops(Path(place), folders)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in PASSED_OVER)
        for path in (Path(place, name) for name in sorted(names)):
            if path.suffix in ENDINGS and path.is_file():
                any_found |= found.add(path, named=False)
    return any_found


def _loops(place: Path, folders: Sequence[str]) -> Iterator[str]:
    for path in (place / name for name in folders):
        if path.is_symlink() and place.resolve().is_relative_to(path.resolve()):
            yield f"{path}: it leads back to a folder above; links to folders are not followed."


def _unreadable(error: OSError) -> str:
    return f"{error.filename}: {(error.strerror or 'it cannot be read').lower()}; what is in it was not checked."


def _what_it_lacks(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "it is UTF-16, which AWS does not read; save it as UTF-8."
    return (
        "it is neither a template (which has Resources) nor a buildspec (which has version and phases) nor an AppSpec "
        f"file (whose version is 0.0); {WHAT_TO_NAME}."
    )


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
            raise CannotRunError(f"{path}: it is {_KINDS.get(kind, 'no file')}; {WHAT_TO_NAME}.")
        # Files of the system may have no end, and others keep a reader waiting.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise CannotRunError(f"{path}: {reason}; {WHAT_TO_NAME}.") from None
