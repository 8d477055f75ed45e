"""git as the person uses it whose repository is rehearsed with."""

import subprocess
from pathlib import Path

from reporting.errors import CannotRunError

_IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """Run git in ``folder`` and return what it wrote; ``CannotRunError`` with git's own words where it fails."""
    done = subprocess.run(["git", "-C", folder, *_IDENTITY, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRunError(f"git {words[0]} failed in {folder}:", *done.stderr.splitlines())
    return done.stdout.strip()


def start_repository(folder: Path) -> None:
    """Make a repository of one empty commit on the branch that releases."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "prod")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Nothing yet")
