"""A copy of the project that a test may break: the tracked files and the new ones, with the environment of this one."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from settings.root import PROJECT_ROOT

ROOMS = ("backend-flask", "bin", "build", "config", "settings", "synthesis", "templates_src")
LINKED = ("aws_facts", "buildspecs", "contracts", "initialise", "lint_rules", "linting", "reporting", "system_model")
"""Rooms of many files that no test changes: links to this project's."""
FILES = (
    ".cfnlintrc",
    "Makefile",
    "pyproject.toml",
    "requirements.txt",
    "requirements-setup.txt",
    "requirements-test.txt",
)


@dataclass(frozen=True)
class ProjectCopy:
    """A copy at ``root``."""

    root: Path

    def change(self, file: str, found: str, put: str) -> None:
        """Replace ``found``, which must be there, by ``put``."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert found in text, f"{found!r} is not in {file}"
        path.write_text(text.replace(found, put, 1), "utf-8")

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, as a person without a terminal would."""
        return subprocess.run(
            words,
            cwd=self.root,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def built(self) -> dict[str, bytes]:
        """Return the files of its `build/`, and anything half-written beside it."""
        beside = [path for path in self.root.iterdir() if path.name.startswith(".build")]
        assert beside == []
        return {path.name: path.read_bytes() for path in sorted((self.root / "build").iterdir())}


def copy_project(folder: Path) -> ProjectCopy:
    """Copy the rooms that make templates to ``folder``."""
    # What another process compiles meanwhile has a name of its own until it is whole, and is gone then.
    ignored = shutil.ignore_patterns(".*", "*.pyc.*")
    for room in ROOMS:
        shutil.copytree(PROJECT_ROOT / room, folder / room, ignore=ignored)
    for room in LINKED:
        (folder / room).symlink_to(PROJECT_ROOT / room)
    for file in FILES:
        shutil.copy(PROJECT_ROOT / file, folder / file)
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    # Two copies in which nothing was changed need not be linted twice; the key holds the rules and settings.
    known = PROJECT_ROOT / ".cache" / "results"
    known.mkdir(parents=True, exist_ok=True)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "results").symlink_to(known)
    return ProjectCopy(folder)
