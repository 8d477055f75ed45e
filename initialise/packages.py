"""The packages of a service: locked to exact versions with hashes, so that what is installed is what was checked."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from initialise.folder import ServiceFolder
from reporting.errors import CannotRunError

LOCK, WAIVE, LEAVE = "lock", "waive", "leave"
LOCKED, WANTED = "requirements.txt", "requirements.in"
_OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes")
_QUIET = ("--quiet", "--no-emit-index-url", "--no-emit-find-links")
_SECONDS = 120
_INCLUDED = re.compile(r"^[ \t]*(?:-[rc]|--requirement|--constraint)[ \t=]*([^\s#]+)", re.MULTILINE)


def are_unpinned(top: Path, found: ServiceFolder) -> bool:
    """Return whether the service in the folder ``top`` names packages without a hash for each version."""
    return bool(found.requirements) and "--hash=" not in _text(top / found.requirements)


def included(top: Path, name: str) -> list[str]:
    """Return the files of the folder ``top`` that the requirements in the file ``name`` include (``-r``, ``-c``)."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        one = waiting.pop()
        for target in _INCLUDED.findall(_text(top / one)):
            path = os.path.normpath(Path(one).parent / target)
            if path not in (name, *found) and not path.startswith("..") and (top / path).is_file():
                found.append(path)
                waiting.append(path)
    return found


def locked(top: Path, found: ServiceFolder, server: str) -> dict[str, str]:
    """Return name to text of both files: what is wanted, ``server`` (may be empty) with it, and what it comes to.

    Asks the package index; raises ``CannotRunError`` where it can't be told what to install.
    """
    source = WANTED if (top / WANTED).is_file() else LOCKED
    wanted = _text(top / source)
    if server and server.partition("==")[0] not in wanted:
        wanted = f"{wanted.rstrip()}\n{server}\n".lstrip("\n")
    names = [WANTED, *([found.requirements] if found.requirements != LOCKED else [])]
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, WANTED).write_text(wanted, "utf-8")
        for name in (*names[1:], *included(top, source)):
            Path(scratch, name).parent.mkdir(parents=True, exist_ok=True)
            Path(scratch, name).write_text(_text(top / name), "utf-8")
        command = ["uv", "pip", "compile", *_OPTIONS, *names, "--output-file", LOCKED]
        # Not in the service's folder: nothing is written before it is agreed to.
        _run([*command, *_QUIET, "--custom-compile-command", " ".join(command)], Path(scratch))
        return {WANTED: wanted, LOCKED: Path(scratch, LOCKED).read_text("utf-8")}


def _run(command: list[str], folder: Path) -> None:
    environment = dict(os.environ)
    if "PIP_INDEX_URL" in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    command[0] = str(Path(sys.executable).with_name("uv"))
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotRunError(_refusal(f"no answer within {_SECONDS} s")) from None
    if done.returncode:
        said = " ".join(done.stderr.split())
        raise CannotRunError(_refusal(said.partition(" hint: ")[0][:300]))


def _refusal(said: str) -> str:
    return (
        f"--packages: they can't be locked, uv said: {said}; allowed: {LEAVE}, to lock them later (the security checks "
        f"end a release until then), or {WAIVE}, to do without these checks for 90 days."
    )


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""
