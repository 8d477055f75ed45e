"""The lock files name all that the environments need: installed as they stand, nothing is resolved."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from settings.root import PROJECT_ROOT

INSTALLERS = ("bin/setup", "backend-flask/tests/make-environment", "backend-flask/Dockerfile")
BACKEND, SECURITY, VERIFICATION = "backend-flask/", "security_checks/", "verification/"
HOMES = {
    "backend-flask": "backend-flask/.venv",
    "security_checks": ".cache/security-checks",
    "verification": ".cache/verification",
}
LOCKS = {
    "requirements-setup": ("requirements-setup",),
    "requirements": ("requirements",),
    "requirements-test": ("requirements", "requirements-test"),
    f"{SECURITY}requirements": (f"{SECURITY}requirements",),
    f"{VERIFICATION}requirements": (f"{VERIFICATION}requirements",),
    f"{BACKEND}requirements": (f"{BACKEND}requirements",),
    f"{BACKEND}requirements-test": (f"{BACKEND}requirements-test",),
    f"{BACKEND}requirements-check": (f"{BACKEND}requirements-test", f"{BACKEND}requirements-check"),
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {"linux": "x86_64", "darwin": "arm64"}


def _requirements(path: Path) -> Iterator[Requirement]:
    """Read what a requirements file asks for, its `-r` files included; hashes and comments left aside."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from _requirements(path.parent / line.removeprefix("-r "))
        elif line[:1].isalnum():
            yield Requirement(line.removesuffix("\\"))


@cache
def _needs(home: Path) -> dict[str, list[Requirement]]:
    """Read what each package that is installed in an environment asks for, under every condition."""
    folders = [str(folder) for folder in home.glob("lib/python*/site-packages")]
    return {
        canonicalize_name(one.metadata["Name"]): [Requirement(need) for need in one.requires or ()]
        for one in distributions(path=folders)
    }


def _applies(requirement: Requirement, environment: dict[str, str], extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**environment, "extra": extra})


def _lacking(name: str, environment: dict[str, str], needs: dict[str, list[Requirement]]) -> list[str]:
    """Name what NAME.in needs there, itself and through others, that is not locked, or in another version."""
    locked: dict[str, str] = {
        canonicalize_name(one.name): next(iter(one.specifier)).version
        for lock in LOCKS[name]
        for one in _requirements(PROJECT_ROOT / f"{lock}.txt")
        if _applies(one, environment)
    }
    lacking: list[str] = []
    seen: set[tuple[str, str]] = set()
    waiting = [one for one in _requirements(PROJECT_ROOT / f"{name}.in") if _applies(one, environment)]
    while waiting:
        wanted = waiting.pop()
        package = canonicalize_name(wanted.name)
        if package not in locked or not wanted.specifier.contains(locked[package], prereleases=True):
            lacking.append(f"{wanted} (locked: {locked.get(package, 'not at all')})")
        # A package for another Python or platform than this one is not installed here: its needs are not known.
        for extra in {"", *wanted.extras} if package in needs else ():
            if (package, extra) not in seen:
                seen.add((package, extra))
                waiting += [one for one in needs[package] if _applies(one, environment, extra)]
    return lacking


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_lacks_nothing(name: str, python: str, platform: str) -> None:
    home = PROJECT_ROOT / HOMES.get(name.rpartition("/")[0], ".venv")
    if not home.exists():
        pytest.skip(f"no environment in {home}; `make test` makes it")
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": platform,
        "platform_system": platform.title(),
        "platform_machine": PLATFORMS[platform],
    }
    assert _lacking(name, environment, _needs(home)) == []


@pytest.mark.parametrize("path", INSTALLERS)
def test_what_is_published_later_changes_no_installation(path: str) -> None:
    text = (PROJECT_ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    installations = [line for line in text.splitlines() if " install " in line and "--requirement" in line]
    assert installations
    assert [line for line in installations if not ("--require-hashes" in line and "--no-deps" in line)] == []
