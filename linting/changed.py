"""The files that differ from a revision of git."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from linting.discovery import ENDINGS
from reporting.errors import CannotRunError

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
