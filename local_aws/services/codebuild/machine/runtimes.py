"""What a build finds on this machine: runtimes, checked against ``runtime-versions``, and a Python of its own.

That Python is what `python -m venv` makes (https://docs.python.org/3/library/venv.html), in a millisecond.

On AWS the build image has several versions of each runtime and selects one:
https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
"""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local_aws.services.codebuild.builds.failures import PhaseError
from local_aws.services.codebuild.machine import system_view

SETTINGS = """\
home = {home}
include-system-site-packages = true
version = {version}
executable = {executable}
"""
PIP = '#!/bin/sh\nexec "${0%/*}/python3" -m pip "$@"\n'
OWN_PYTHONS, PIPS = ("python", "python3"), ("pip", "pip3")


@dataclass(frozen=True)
class Python:
    """An interpreter: its full version, the program, and the folder of its installation."""

    version: str
    executable: Path
    prefix: Path


def make(folder: Path, python: Python) -> None:
    """Make an environment of ``python`` in ``folder``, which is there and empty."""
    programs = folder / "bin"
    minor = ".".join(python.version.split(".")[:2])
    for made in (programs, folder / "lib" / f"python{minor}" / "site-packages", folder / "include"):
        made.mkdir(parents=True)
    for name in (*OWN_PYTHONS, f"python{minor}"):
        (programs / name).symlink_to(python.executable)
    for name in PIPS:
        (programs / name).write_text(PIP)
        (programs / name).chmod(0o755)
    home = python.executable.parent
    text = SETTINGS.format(home=home, version=python.version, executable=python.executable)
    (folder / "pyvenv.cfg").write_text(text)


KNOWN = ("dotnet", "golang", "java", "nodejs", "php", "python", "ruby")
COMMANDS = {
    "dotnet": ("dotnet", "--version"),
    "golang": ("go", "version"),
    "java": ("java", "-version"),
    "nodejs": ("node", "--version"),
    "php": ("php", "--version"),
    "python": ("python3", "--version"),
    "ruby": ("ruby", "--version"),
}
PYTHONS = ("python3", *(f"python3.{minor}" for minor in range(8, 20)))
WHICH = (
    "import sys; print('%d.%d.%d' % sys.version_info[:3]); "
    "print(getattr(sys, '_base_executable', sys.executable)); print(sys.base_prefix)"
)
VERSION = re.compile(r"\d+(?:\.\d+)*")
VENDOR = re.compile(r"^(?:corretto|openjdk)")
ANSWER_SECONDS = 10


def check_names(wanted: Mapping[str, str]) -> None:
    """Refuse a runtime that no image has, in CodeBuild's words."""
    for name in wanted:
        if name not in KNOWN:
            has = f"This build image has the following runtimes: {', '.join(KNOWN)}"
            raise PhaseError("YAML_FILE_ERROR", f"Unknown runtime named '{name}'. {has}")


def select(wanted: Mapping[str, str], path: str) -> Python | None:
    """Refuse a version that isn't on ``path``; return the Python that is to be ``python3``, by itself the first one."""
    chosen = None
    for name, version in wanted.items():
        found = _pythons(path) if name == "python" else _installed(name, path)
        match = next((installed for installed in found if _fits(version, installed)), None)
        if match is None:
            has = ", ".join(sorted(found)) or "none (it is not on the PATH of this machine)"
            unknown = f"Unknown runtime version named '{version}' of {name}."
            message = f"{unknown} This build image has the following versions: {has}"
            raise PhaseError("YAML_FILE_ERROR", message)
        chosen = _pythons(path)[match] if name == "python" else chosen
    return chosen or _python(path, PYTHONS[0])


def installations(path: str, python: Python | None) -> list[Path]:
    """Return the folders that a build must see for ``python`` and the other runtimes on ``path`` to run."""
    programs = (shutil.which(command[0], path=path) for name, command in COMMANDS.items() if name != "python")
    found = {system_view.installation_of(Path(program)) for program in programs if program}
    # The name in the middle of a program's name is no folder: python3 itself is the file to look for.
    found |= {system_view.installation_of(python.prefix / "bin" / python.executable.name)} if python else set()
    return sorted(folder for folder in found if folder)


def _fits(wanted: str, installed: str) -> bool:
    if wanted == "latest":
        return True
    parts = VENDOR.sub("", wanted).split(".")
    if parts[-1] == "x":
        parts.pop()
    return installed.split(".")[: len(parts)] == parts


def _installed(name: str, path: str) -> Mapping[str, str]:
    program = shutil.which(COMMANDS[name][0], path=path)
    version = _answer([program, *COMMANDS[name][1:]], path) if program else ""
    match = VERSION.search(version)
    return {match[0]: program} if match and program else {}


def _pythons(path: str) -> Mapping[str, Python]:
    found: dict[str, Python] = {}
    for name in PYTHONS:
        python = _python(path, name)
        if python:
            found.setdefault(python.version, python)
    return found


@cache
def _python(path: str, name: str) -> Python | None:
    program = shutil.which(name, path=path)
    # A version manager's stand-in answers for another file: the interpreter itself says which one it is.
    lines = _answer([program, "-c", WHICH], path).splitlines() if program else []
    if not lines:
        return None
    version, executable, prefix = lines
    return Python(version, Path(executable), Path(prefix))


def _answer(command: Sequence[str], path: str) -> str:
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS, env={"PATH": path}
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (finished.stdout or finished.stderr) if finished.returncode == 0 else ""
