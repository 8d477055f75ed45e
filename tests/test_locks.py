"""The lock files name all that the environments need: installed as they stand, nothing is resolved."""

import subprocess
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

INSTALLERS = ("bin/setup", "backend-flask/tests/make-environment", "backend-flask/Dockerfile")


@pytest.mark.parametrize("environment", [".venv", "backend-flask/.venv"])
def test_an_environment_of_locked_packages_lacks_none(environment: str) -> None:
    python = PROJECT_ROOT / environment / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no environment in {environment}; `make test` makes it")
    check = [PROJECT_ROOT / ".venv" / "bin" / "uv", "pip", "check", "--python", python]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", INSTALLERS)
def test_what_is_published_later_changes_no_installation(path: str) -> None:
    text = Path(PROJECT_ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    installations = [line for line in text.splitlines() if " install " in line and "--requirement" in line]
    assert installations
    assert [line for line in installations if not ("--require-hashes" in line and "--no-deps" in line)] == []
