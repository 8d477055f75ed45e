"""What continuous integration makes of tests that pass, fail, fail only beside others, or can't be run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

pytestmark = pytest.mark.slow

PASSES = "def test_one() -> None: pass\n"
FAILS = "def test_one() -> None: assert False\n"
FAILS_ONCE = """
from pathlib import Path

def test_one() -> None:
    seen = Path(__file__).with_suffix(".seen")
    assert seen.exists() or seen.touch()
"""
BROKEN = "pytest_plugins = ['no.such.plugin']\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project of two test suites with one test each, run by the project's own scripts."""
    for name in (".ci/run-tests", "bin/test", "bin/test-backend"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, tmp_path / name)
    (tmp_path / "bin" / "setup").write_text("#!/usr/bin/env bash\n")
    (tmp_path / "bin" / "setup").chmod(0o755)
    (tmp_path / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    for suite in (tmp_path, tmp_path / "backend-flask"):
        (suite / "tests").mkdir(parents=True)
        (suite / "tests" / "test_one.py").write_text(PASSES)
        (suite / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    (tmp_path / "backend-flask" / "flask.py").write_text("")  # bin/test-backend takes an environment that has it
    return tmp_path


def run(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [project / ".ci" / "run-tests"],
        env={"PATH": os.environ["PATH"], "TEST_PROCESSES": "0", "VIRTUAL_ENV": str(project / ".venv")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def write(project: Path, suite: str, text: str, name: str = "tests/test_one.py") -> None:
    (project / suite / name).write_text(text)


def results(done: subprocess.CompletedProcess[str], lines: int) -> list[str]:
    """Return the counts of the last lines, such as `1 passed`."""
    return [line.strip("= ").partition(" in ")[0] for line in done.stdout.splitlines()[-lines:]]


def test_all_pass(project: Path) -> None:
    done = run(project)
    assert (done.returncode, results(done, 2)) == (0, ["1 passed", "1 passed"]), done.stdout + done.stderr


@pytest.mark.parametrize("suite", ["", "backend-flask"])
def test_what_fails_alone_too_has_failed(suite: str, project: Path) -> None:
    write(project, suite, FAILS)
    done = run(project)
    assert done.returncode == 1, done.stdout + done.stderr
    assert sorted(results(done, 3)) == ["1 failed", "1 failed", "1 passed"]


@pytest.mark.parametrize("other", [PASSES, FAILS])
def test_what_passes_alone_has_passed_and_hides_no_other(other: str, project: Path) -> None:
    write(project, "", FAILS_ONCE)
    write(project, "backend-flask", other)
    done = run(project)
    assert done.returncode == (other == FAILS), done.stdout + done.stderr
    assert "1 passed" in results(done, 4)


@pytest.mark.parametrize("suite", ["", "backend-flask"])
def test_tests_that_cannot_be_run_have_not_passed(suite: str, project: Path) -> None:
    write(project, suite, BROKEN, "conftest.py")
    done = run(project)
    assert done.returncode > 1, done.stdout + done.stderr
    assert "alone" not in done.stdout
