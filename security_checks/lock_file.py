"""Reads a lock file: exact versions with hashes, as ``pip install --require-hashes`` takes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from security_checks.results import NotCheckedError, Seen

HASHES = re.compile(r"--hash[=\s]\S+")
COMMENT = re.compile(r"(?:^|\s)#.*")
LISTED = re.compile(r"^[ \t]*+(?:dependencies|install_requires)[ \t]*+=|^\[tool\.poetry\.", re.MULTILINE)
OTHER_LANGUAGES = ("package.json", "go.mod", "Cargo.toml", "pom.xml", "build.gradle", "Gemfile", "composer.json")
OTHER_MANIFESTS = ("pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "poetry.lock", "uv.lock", "pdm.lock")


@dataclass(frozen=True)
class Pin:
    """One package of a lock file, by its normalized name."""

    name: str
    version: str
    line: int


def pins(lock: Path) -> Sequence[Pin]:
    """Return what the lock file installs here; raises ``NotCheckedError`` for a line that is no pin with hashes."""
    found: list[Pin] = []
    for number, line in _logical_lines(lock.read_text("utf-8", "replace")):
        text = HASHES.sub("", line).strip()
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise NotCheckedError(
                f"{lock.name}, line {number}: {text!r} is not an exact version with hashes."
            ) from error
        (version, *others) = [one.version for one in requirement.specifier if one.operator == "=="] or [""]
        if not version or others or len(requirement.specifier) != 1 or "*" in version or text == line.strip():
            raise NotCheckedError(
                f"{lock.name}, line {number}: {requirement.name} is not an exact version with hashes."
            )
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found.append(Pin(canonicalize_name(requirement.name), version, number))
    if not found:
        raise NotCheckedError(f"{lock.name} names no package.")
    return found


def without_lock(folder: Path) -> Seen:
    """Return what a check says of a service without a lock file; ``NotCheckedError`` where another file lists any."""
    names = (*OTHER_LANGUAGES, *(name for name in OTHER_MANIFESTS if _has_dependencies(folder / name)))
    manifest = next((name for name in names if (folder / name).is_file()), "")
    if manifest:
        raise NotCheckedError(f"{manifest} lists dependencies; of a service, requirements.txt alone is read.")
    return Seen("no requirements.txt in the service's folder", applies=False)


def _has_dependencies(file: Path) -> bool:
    """Tell a list of dependencies from a file that configures tools."""
    if file.name not in {"pyproject.toml", "setup.cfg"}:
        return True
    return file.is_file() and LISTED.search(file.read_text("utf-8", "replace")) is not None


def _logical_lines(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    joined, began = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        plain = COMMENT.sub("", line).rstrip()
        began = began or number
        joined += plain.removesuffix("\\")
        if not plain.endswith("\\"):
            if joined.strip():
                lines.append((began, joined))
            joined, began = "", 0
    return [*lines, *([(began, joined)] if joined.strip() else [])]
