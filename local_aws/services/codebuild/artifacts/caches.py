"""Keeps files from build to build: one folder a project on this machine, whatever kind of cache the project has.

Keys: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, section cache.
"""

import hashlib
import shutil
import stat
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from buildspecs.reading.model import Cache
from local_aws.platform.service import Json
from local_aws.services.codebuild.artifacts import globs
from local_aws.services.codebuild.artifacts.archives import PERMISSIONS, ArchiveError, check_packed
from local_aws.services.codebuild.builds.build_log import BuildLog
from local_aws.services.codebuild.machine.workspace import Workspace

LOCAL = "LOCAL"
CUSTOM = "LOCAL_CUSTOM_CACHE"
HOME = "/root"
"""HOME on AWS; a path below it means the build's own home here."""
KEY_FILE = "key.txt"


def wanted(settings: Json) -> bool:
    """Return whether a project's ``cache`` keeps the paths of the buildspec."""
    kind = settings.get("type", "NO_CACHE")
    return kind == "S3" or (kind == LOCAL and CUSTOM in settings.get("modes", ()))


@dataclass(frozen=True)
class ProjectCache:
    """The cache of one project in ``folder``; ``texts`` are the keys with their variables and commands done."""

    folder: Path
    workspace: Workspace
    log: BuildLog
    texts: Mapping[str, str]

    def restore(self, cache: Cache) -> None:
        """Copy what was kept to where it was; by the key, else by the first fallback key that begins an older one."""
        entry = self._entry(cache)
        if cache.action == "save" or not cache.paths:
            return
        if entry is None:
            self.log.event("No cache found for this build")
            return
        for place, target in self._places().items():
            for name in globs.files(entry / place, "**/*", within=entry / place, follow=False):
                self._copy(entry / place / name, target / name, target)
        self.log.event("Restored the cache of an earlier build")

    def save(self, cache: Cache) -> None:
        """Keep the files that ``cache.paths`` name; the entry of that key is replaced at once, never half."""
        if cache.action == "restore" or not cache.paths:
            return
        key = self.texts[cache.key] if cache.key else ""
        files = {name: file for path in cache.paths for name, file in self._found(path).items()}
        try:
            check_packed(files)
        except ArchiveError as error:
            self.log.event(f"The cache is not saved: {error}")
            return
        final = self.folder / hashlib.sha256(key.encode()).hexdigest()
        if _is_kept(files, final):
            self.log.event("The cache is as it was kept")
            return
        made = self.folder / f"new-{uuid.uuid4().hex}"
        made.mkdir(parents=True)
        for name, file in files.items():
            self._copy(file, made / name, made)
        (made / KEY_FILE).write_text(key)
        shutil.rmtree(final, ignore_errors=True)
        made.rename(final)
        self.log.event(f"Saved {len(files)} file(s) in the cache")

    def _entry(self, cache: Cache) -> Path | None:
        key = self.texts[cache.key] if cache.key else ""
        exact = self.folder / hashlib.sha256(key.encode()).hexdigest()
        if exact.is_dir():
            return exact
        fallbacks = [self.texts[fallback] for fallback in cache.fallback_keys] if cache.key else []
        older = sorted(self.folder.glob(f"*/{KEY_FILE}"), key=lambda file: file.stat().st_mtime, reverse=True)
        matches = (file.parent for prefix in fallbacks for file in older if file.read_text().startswith(prefix))
        return next(matches, None)

    def _places(self) -> dict[str, Path]:
        return {"src": self.workspace.source, "home": self.workspace.home}

    def _found(self, pattern: str) -> Mapping[str, Path]:
        """Return the files that a pattern names, by where they are kept."""
        place, relative = _place(pattern)
        if place is None:
            self.log.event(f"Skipping invalid cache path {pattern}: a path in the source or below {HOME} is kept here")
            return {}
        base = self._places()[place]
        names = globs.files(base, relative, within=base, follow=False)
        if not names and (base / relative).is_dir():
            names = globs.files(base, f"{relative}/**/*", within=base, follow=False)
        return {f"{place}/{name}": base / name for name in names}

    def _copy(self, file: Path, target: Path, within: Path) -> None:
        """Copy a file or a link in the place of what is there; nothing is written through a link that leads out."""
        if not globs.is_inside(target.parent, within) or (target.is_dir() and not target.is_symlink()):
            self.log.event(f"Skipping {target.relative_to(within)}: what is in its place is not replaced")
            return
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy2(file, target, follow_symlinks=False)
            if not target.is_symlink():
                target.chmod(target.stat().st_mode & PERMISSIONS)
        except OSError as error:
            self.log.event(f"Skipping {target.relative_to(within)}: {error}")


def _is_kept(files: Mapping[str, Path], kept: Path) -> bool:
    """Return whether exactly these files are kept, by what a copy keeps of each: size, time, permissions, link."""
    names = {str(one) for one in globs.files(kept, "**/*", within=kept, follow=False)} - {KEY_FILE}
    return kept.is_dir() and names == set(files) and all(_mark(kept / name) == _mark(files[name]) for name in names)


def _mark(file: Path) -> Sequence[int]:
    found = file.lstat()
    return stat.S_IFMT(found.st_mode), found.st_mode & PERMISSIONS, found.st_size, found.st_mtime_ns


def _place(pattern: str) -> tuple[str | None, str]:
    path = PurePosixPath(pattern)
    if ".." in path.parts:
        return None, pattern
    if path.is_relative_to(HOME):
        return "home", str(path.relative_to(HOME))
    if pattern.startswith(("~/", "$HOME/")):
        return "home", pattern.partition("/")[2]
    return (None, pattern) if path.is_absolute() else ("src", pattern)
