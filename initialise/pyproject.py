"""What a service's own files say of its tests' packages, and whether it is a package that can be installed itself."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from initialise.folder import REQUIREMENTS, ServiceFolder
from reporting.errors import CannotRunError

PYPROJECT = REQUIREMENTS[1]
_GROUPS = ("test", "tests", "testing", "dev", "develop", "development")
"""How extras and groups are called that have the tests' packages; the first that is there counts."""
_FILES = tuple(
    pattern.format(name)
    for name in ("test", "tests", "dev")
    for pattern in ("requirements-{}.txt", "requirements_{}.txt", "{}-requirements.txt", "requirements/{}.txt")
)
_NAME = re.compile(r"[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)")


def read(top: Path) -> Mapping[str, Any]:
    """Return what the service's pyproject.toml says, nothing without one; no TOML raises ``CannotRunError``."""
    path = top / PYPROJECT
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise CannotRunError(f"{top.name}/{PYPROJECT}: it is not TOML in UTF-8: {error}; correct it.") from None


def is_package(top: Path, found: ServiceFolder) -> bool:
    """Return whether the service is installed, and not only run from its folder.

    Where setuptools has to find out what belongs to it, it refuses a folder with others beside the code, and those of
    the buildspecs are such: https://setuptools.pypa.io/en/latest/userguide/package_discovery.html#flat-layout
    """
    if found.requirements != PYPROJECT:
        return False
    told = read(top)
    if False in (_below(told, "tool", "poetry").get("package-mode"), _below(told, "tool", "uv").get("package")):
        return False
    backend = str(_below(told, "build-system").get("build-backend", "setuptools"))
    says_what = {"packages", "py-modules"} & {*_below(told, "tool", "setuptools")}
    return bool(found.sources or says_what or (top / "setup.py").is_file() or not backend.startswith("setuptools"))


def packages_of_tests(top: Path) -> tuple[str, str]:
    """Return the file that names the packages of the tests, and its text, as they are or will be; empty without any."""
    present = next((name for name in _FILES if (top / name).is_file()), "")
    if present:
        return present, (top / present).read_text("utf-8", "replace")
    told = _test_requirements(top)
    lines = [f"# What the tests need beside the service, as {PYPROJECT} has it.", *told, ""]
    return (_FILES[0], "\n".join(lines)) if told else ("", "")


def dependencies(top: Path) -> list[str]:
    """Return what the service itself needs, as pip takes it."""
    return _texts(_below(read(top), "project").get("dependencies"))


def _test_requirements(top: Path) -> list[str]:
    """Return the requirements of an extra, a dependency group and a group of Poetry.

    https://packaging.python.org/en/latest/specifications/dependency-groups/
    """
    told = read(top)
    project = _below(told, "project")
    extras, groups = _below(project, "optional-dependencies"), _below(told, "dependency-groups")
    poetry = _below(told, "tool", "poetry", "group")
    found = [*_members(extras, _first(extras), str(project.get("name"))), *_members(groups, _first(groups))]
    found += [_of_poetry(name, wanted) for name, wanted in _below(poetry, _first(poetry), "dependencies").items()]
    return list(dict.fromkeys(found))


def names(requirements: str) -> set[str]:
    """Return the packages that these lines name."""
    return {match[1].lower().replace("_", "-") for line in requirements.splitlines() if (match := _NAME.match(line))}


def _first(groups: Mapping[str, Any]) -> str:
    return next((name for name in _GROUPS if name in groups), "")


def _members(groups: Mapping[str, Any], name: str, project: str = "", seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Give the requirements of a group, those of the ones that it includes among them."""
    for one in groups.get(name, ()) if name not in seen else ():
        included = [one.get("include-group", "")] if isinstance(one, dict) else []
        if isinstance(one, str) and names(one) == names(project):
            included = [extra.strip() for extra in one.partition("[")[2].partition("]")[0].split(",")]
        for other in included:
            yield from _members(groups, other, project, (*seen, name))
        if isinstance(one, str) and not included:
            yield one


def _of_poetry(name: str, wanted: object) -> str:
    """Return a requirement of Poetry's as pip takes it: https://python-poetry.org/docs/dependency-specification/."""
    told = wanted if isinstance(wanted, dict) else {"version": wanted}
    extras = ",".join(_texts(told.get("extras")))
    return f"{name}{f'[{extras}]' if extras else ''}{_specifier(str(told.get('version', '*')).strip())}"


def _specifier(version: str) -> str:
    if "||" in version or version in ("", "*"):
        return ""
    number = version.lstrip("^~")
    parts = number.split(".")
    if version.startswith("^"):
        kept = next((count for count, part in enumerate(parts, 1) if part != "0"), len(parts))
    elif version.startswith("~") and not version.startswith("~="):
        kept = min(2, len(parts))
    else:
        return version if version[0] in "<>=!~" else f"=={version}"
    return f">={number},=={'.'.join(parts[:kept])}.*"


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _below(table: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return the table at ``keys``; an empty one where there is none."""
    found: Any = table
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
