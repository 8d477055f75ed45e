"""A Python of a build's own: what is installed goes there, and neither to this machine nor to its user.

It is what `python -m venv` makes (https://docs.python.org/3/library/venv.html), in a millisecond.
"""

from dataclasses import dataclass
from pathlib import Path

SETTINGS = """\
home = {home}
include-system-site-packages = true
version = {version}
executable = {executable}
"""
PIP = '#!/bin/sh\nexec "${0%/*}/python3" -m pip "$@"\n'
PYTHONS, PIPS = ("python", "python3"), ("pip", "pip3")


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
    for name in (*PYTHONS, f"python{minor}"):
        (programs / name).symlink_to(python.executable)
    for name in PIPS:
        (programs / name).write_text(PIP)
        (programs / name).chmod(0o755)
    home = python.executable.parent
    text = SETTINGS.format(home=home, version=python.version, executable=python.executable)
    (folder / "pyvenv.cfg").write_text(text)
