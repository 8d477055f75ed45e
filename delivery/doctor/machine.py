"""Checks of the machine: Python, git, the Docker engine, disk space."""

import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from delivery.aws.errors import quoted
from delivery.causes import search
from delivery.doctor.check import Result, not_checked, not_ok, ok, results_of
from settings.environment import Environment
from settings.root import PROJECT_ROOT

ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

SECONDS_FOR_A_PROGRAM = 15.0
LEAST_FREE = 3 << 30
"""Bytes: images of a database and of a service, their layers and packages."""

_OF_WINDOWS = re.compile(r"/mnt/[a-z]/")
"""https://learn.microsoft.com/en-us/windows/wsl/filesystems"""
_IN_STEP = re.compile(r"/(?:Library/Mobile Documents|Library/CloudStorage|iCloud Drive|OneDrive[^/]*|Dropbox)/")


@dataclass(frozen=True)
class Ended:
    """How a program ended. ``code`` is ``None`` where it is not installed, ``said`` the first line that it wrote."""

    code: int | None
    said: str


def is_here(environment: Environment) -> bool:
    """Return whether the environment's AWS runs on this machine, and with it builds and tasks."""
    return environment.endpoint_url is not None and urlsplit(environment.endpoint_url).hostname in ON_THIS_MACHINE


def results(environment: Environment) -> Iterator[Result]:
    """Yield the results of these checks, each as soon as it is known."""
    yield ok("Python", f"{platform.python_version()} in {PROJECT_ROOT.name}/.venv.")
    yield folder(PROJECT_ROOT)
    yield from results_of(["git"], _git)
    if is_here(environment):
        yield from results_of(["Docker engine"], docker)
    else:
        yield not_checked("Docker engine", f"Builds and tasks of environment {environment.name} run elsewhere.")
    yield from results_of(["disk"], _disk)


def folder(place: Path) -> Result:
    """Return whether builds, and what watches files, can rely on the folder that the project lies in."""
    if _OF_WINDOWS.match(f"{place}/"):
        return not_ok(
            "folder",
            f"{place} is a folder of Windows: slow from here, and without owners and modes of its own.",
            "Clone the repository below your home in the Linux of WSL, such as ~/project.",
        )
    if _IN_STEP.search(f"{place}/"):
        return not_ok(
            "folder",
            f"{place} is kept in step with a cloud, which takes files away and puts them back while they are read.",
            "Clone the repository outside of it, such as into ~/project.",
        )
    return ok("folder", f"{place}.")


def _run(words: Sequence[str]) -> Ended:
    try:
        done = subprocess.run(
            words,
            cwd=PROJECT_ROOT,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=SECONDS_FOR_A_PROGRAM,
        )
    except FileNotFoundError:
        return Ended(None, "")
    except subprocess.TimeoutExpired:
        return Ended(-1, f"`{words[0]}` did not end within {SECONDS_FOR_A_PROGRAM:g} s")
    said = done.stdout.strip() or done.stderr.strip()
    return Ended(done.returncode, quoted(said.partition("\n")[0]) if done.returncode == 0 else quoted(done.stderr))


def _git() -> list[Result]:
    version = _run(["git", "--version"])
    if version.code is None:
        return [not_ok("git", "There is no git.", "Install it; a release is of a commit.")]
    head = _run(["git", "rev-parse", "--short", "HEAD"])
    if head.code != 0:
        return [not_ok("git", f"This folder has no commit: {head.said}", "Clone the repository, or commit once.")]
    return [ok("git", f"{version.said}, commit {head.said} is checked out.")]


def docker() -> list[Result]:
    """Return whether a Docker engine answers, and what does not run without it."""
    name, without = "Docker engine", "Without it a release runs Source, Secure and Test only, and no tasks run."
    found = _run(["docker", "version", "--format", "{{.Server.Version}}"])
    if found.code is None:
        return [not_ok(name, "There is no docker command.", f"Install Docker and start it. {without}")]
    if found.code != 0:
        known = search.first([found.said], ["machine"])
        remedy = known.remedy if known else "See what `docker version` says."
        return [not_ok(name, f"It does not answer: {found.said}", f"{remedy} {without}")]
    return [ok(name, f"Version {found.said}.")]


def _disk() -> list[Result]:
    free = {place: shutil.disk_usage(place).free for place in (PROJECT_ROOT, Path(tempfile.gettempdir()))}
    least = min(free, key=free.__getitem__)
    says = f"{free[least] / (1 << 30):.1f} GB are free at {least}"
    if free[least] < LEAST_FREE:
        return [not_ok("disk", f"{says}; builds need {LEAST_FREE >> 30}.", "Remove what is not needed there.")]
    return [ok("disk", f"{says}.")]
