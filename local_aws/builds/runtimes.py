"""Checks ``runtime-versions`` against what this machine has; nothing is installed here.

On AWS the build image has several versions of each runtime and selects one:
https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
"""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_aws.builds.failures import PhaseError

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
VERSION = re.compile(r"\d+(?:\.\d+)*")
VENDOR = re.compile(r"^(?:corretto|openjdk)")
ANSWER_SECONDS = 10


def check_names(wanted: Mapping[str, str]) -> None:
    """Refuse a runtime that no image has, in CodeBuild's words."""
    for name in wanted:
        if name not in KNOWN:
            has = f"This build image has the following runtimes: {', '.join(KNOWN)}"
            raise PhaseError("YAML_FILE_ERROR", f"Unknown runtime named '{name}'. {has}")


def select(wanted: Mapping[str, str], path: str, programs: Path) -> None:
    """Refuse a version that isn't on ``path``; the Python that was asked for becomes ``python3`` in ``programs``."""
    for name, version in wanted.items():
        found = _pythons(path) if name == "python" else _installed(name, path)
        match = next((installed for installed in found if _fits(version, installed)), None)
        if match is None:
            has = ", ".join(sorted(found)) or "none (it is not on the PATH of this machine)"
            unknown = f"Unknown runtime version named '{version}' of {name}."
            message = f"{unknown} This build image has the following versions: {has}"
            raise PhaseError("YAML_FILE_ERROR", message)
        if name == "python":
            for link in ("python", "python3"):
                (programs / link).unlink(missing_ok=True)
                (programs / link).symlink_to(found[match])


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


def _pythons(path: str) -> Mapping[str, str]:
    # A version manager's stand-in answers for another file: the interpreter itself says which one it is.
    ask = (
        "-c",
        "import sys; print('%d.%d.%d' % sys.version_info[:3], getattr(sys, '_base_executable', sys.executable))",
    )
    found: dict[str, str] = {}
    for program in filter(None, (shutil.which(name, path=path) for name in PYTHONS)):
        version, _, executable = _answer([program, *ask], path).strip().partition(" ")
        if version and Path(executable).is_file():
            found.setdefault(version, executable)
    return found


def _answer(command: Sequence[str], path: str) -> str:
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS, env={"PATH": path}
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (finished.stdout or finished.stderr) if finished.returncode == 0 else ""
