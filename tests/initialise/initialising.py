"""`make init` in a copy of the project, and what it has written there."""

import tomllib
from typing import Any

from tests.project_copy import ProjectCopy

REPOSITORY = ("--repository", "owner/shop", "--packages", "leave")


def files(project: ProjectCopy) -> dict[str, bytes]:
    left_out = (".venv", ".cache", "__pycache__")
    paths = [path for path in project.root.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(project.root)): path.read_bytes() for path in paths if not {*left_out} & {*path.parts}}


def initialise(project: ProjectCopy, *words: str) -> str:
    done = project.run("bin/init", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refused(project: ProjectCopy, *words: str) -> str:
    """Return the one sentence with which it refuses ``words``."""
    done = project.run("bin/init", *words)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    return done.stderr


def settings_of(project: ProjectCopy) -> dict[str, Any]:
    """Return the system's settings."""
    return tomllib.loads((project.root / "config/system.toml").read_text("utf-8"))
