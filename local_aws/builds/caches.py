"""Keeps files from build to build: one folder a project on this machine, whatever kind of cache the project has.

Keys: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, section cache.
"""

import hashlib
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from buildspecs.reading.model import Cache
from local_aws.builds import globs
from local_aws.builds.build_log import BuildLog
from local_aws.builds.machine.workspace import Workspace
from local_aws.service import Json

LOCAL = "LOCAL"
CUSTOM = "LOCAL_CUSTOM_CACHE"
HOME = "/root"
"""HOME on AWS; a path below it means the build's own home here."""
KEY_FILE = "key.txt"


def wanted(settings: Json) -> bool:
    """Tell whether a project's ``cache`` keeps the paths of the buildspec."""
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
            if (entry / place).is_dir():
                shutil.copytree(entry / place, target, symlinks=True, dirs_exist_ok=True)
        self.log.event("Restored the cache of an earlier build")

    def save(self, cache: Cache) -> None:
        """Keep the files that ``cache.paths`` name; the entry of that key is replaced at once, never half."""
        if cache.action == "restore" or not cache.paths:
            return
        key = self.texts[cache.key] if cache.key else ""
        made = self.folder / f"new-{uuid.uuid4().hex}"
        made.mkdir(parents=True)
        count = sum(self._keep(path, made) for path in cache.paths)
        (made / KEY_FILE).write_text(key)
        final = self.folder / hashlib.sha256(key.encode()).hexdigest()
        shutil.rmtree(final, ignore_errors=True)
        made.rename(final)
        self.log.event(f"Saved {count} file(s) in the cache")

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

    def _keep(self, pattern: str, folder: Path) -> int:
        place, relative = _place(pattern)
        if place is None:
            self.log.event(f"Skipping invalid cache path {pattern}: a path in the source or below {HOME} is kept here")
            return 0
        base = self._places()[place]
        names: Sequence[PurePosixPath] = globs.files(base, relative, follow=False)
        if not names and (base / relative).is_dir():
            names = globs.files(base, f"{relative}/**/*", follow=False)
        for name in names:
            target = folder / place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(base / name, target, follow_symlinks=False)
        return len(names)


def _place(pattern: str) -> tuple[str | None, str]:
    path = PurePosixPath(pattern)
    if ".." in path.parts:
        return None, pattern
    if path.is_relative_to(HOME):
        return "home", str(path.relative_to(HOME))
    if pattern.startswith(("~/", "$HOME/")):
        return "home", pattern.partition("/")[2]
    return (None, pattern) if path.is_absolute() else ("src", pattern)
