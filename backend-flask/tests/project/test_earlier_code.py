"""The check of the Test buildspec that earlier code lives with the schema of new migrations."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import script

SCRIPT = "backend-flask/tests/earlier-code"
ONE_FILE = "test_reading.py"


@pytest.fixture
def new_code(tmp_path: Path) -> Path:
    """A copy of this code, beside the same code as it was kept, with one file of tests of activities."""
    for name in ("new", "kept"):
        assert script(SCRIPT, "keep", str(tmp_path / name)).returncode == 0
    for path in (tmp_path / "kept" / "tests" / "activities").glob("test_*.py"):
        if path.name != ONE_FILE:
            path.unlink()
    return tmp_path / "new"


def check(code: Path, kept: str = "kept") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(code / "tests" / "earlier-code"), "test", str(code.parent / kept)],
        env={"VIRTUAL_ENV": sys.prefix, "PATH": "/usr/bin:/bin", "TEST_PROCESSES": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("migration", "code"),
    [
        ("ALTER TABLE public.activities ADD COLUMN mood text;", 0),
        ("ALTER TABLE public.activities RENAME COLUMN message TO words;", 3),
    ],
)
def test_earlier_code_is_tested_on_the_schema_of_new_migrations(
    new_code: Path, migration: str, code: int
) -> None:
    (new_code / "cruddur" / "migrations" / "0002_more.sql").write_text(migration)
    done = check(new_code)
    assert "the code that was tested before this, on the schema of the new migrations:" in done.stdout
    assert done.returncode == code, done.stdout + done.stderr
    assert (" passed" in done.stdout) == (code == 0)


def test_without_new_migrations_or_earlier_code_nothing_is_tested(new_code: Path) -> None:
    assert check(new_code).stdout.startswith("earlier-code: no migration has come since the code before this")
    nothing = check(new_code, "nothing")
    assert nothing.returncode == 0
    assert nothing.stdout.startswith("earlier-code: no code is known here that was tested before")
