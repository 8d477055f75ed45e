"""git as a test's person uses it."""

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """Run git in ``folder`` and return what it wrote; it fails with git's own words."""
    done = subprocess.run(["git", "-C", folder, *IDENTITY, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
