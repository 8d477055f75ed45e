"""Where builds run: in a folder of this user's own that lies in no work tree, so that git finds no repository there.

The state of the local AWS lies in a clone as a rule, and `git reset --hard` in a build would act on that clone.
"""

import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

OWN = "local-aws-builds"
LONGEST = 55
"""Characters, so that the socket of an engine has a path that fits (unix(7))."""


def folder_of_builds(environment: Mapping[str, str]) -> Path:
    """Return the folder, made for this user alone; ends the start with a sentence when there is no place for it."""
    cache = environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or "/nonexistent", ".cache")
    candidates = [Path(cache, OWN), Path("/var/tmp", f"{OWN}-{os.getuid()}")]  # noqa: S108 - checked to be ours
    candidates.append(Path(tempfile.gettempdir(), f"{OWN}-{os.getuid()}"))
    for folder in candidates:
        if folder.is_absolute() and len(str(folder)) <= LONGEST and not in_work_tree(folder) and _made(folder):
            return folder
    tried = ", ".join(map(str, candidates))
    sys.exit(f"Builds need a folder of your own outside every git work tree; none of {tried} is. Set XDG_CACHE_HOME.")


def in_work_tree(folder: Path) -> bool:
    """Check whether git, started in ``folder``, would find a repository."""
    return any(os.path.lexists(parent / ".git") for parent in (folder, *folder.parents))


def _made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    # What another user has put there is not ours to run builds in.
    closed = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return closed and os.access(folder, os.W_OK | os.X_OK)
