"""Each script of bin/ shows how it is used when asked, and does nothing when given a word that it does not know."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT
from tests.about_example import example_is_there

SCRIPTS = sorted(
    str(path.relative_to(PROJECT_ROOT))
    for path in (PROJECT_ROOT / "bin").rglob("*")
    if path.is_file() and path.name[0] != "."
    # Some are the example's.
    if example_is_there() or not (path.parent.name == "db" or path.name.endswith("-backend"))
)
MOST_SECONDS = 60


def run(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        words,
        cwd=PROJECT_ROOT,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_is_shown_and_nothing_else_is_done(script: str) -> None:
    code, out, err = run(script, "--help")
    assert (code == 0 and "usage: " in out) or (code == 2 and len(err.splitlines()) == 1), (code, out, err)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_word_that_is_not_known_is_refused(script: str) -> None:
    code, _, err = run(script, "--nonsense")
    assert code == 2, err
    assert "usage: " in err or len(err.splitlines()) == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words", [("nonsense",), ("check", "ARGS=--nonsense"), ("lock", "ARGS=nonsense"), ("rules", "ARGS=nonsense")]
)
def test_make_refuses_what_it_does_not_know(words: tuple[str, ...]) -> None:
    code, _, err = run("make", *words)
    assert (code, "nonsense" in err) == (2, True), err


def test_what_a_target_starts_is_made_with_none_of_its_words(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shutil.copy(PROJECT_ROOT / "Makefile", tmp_path)
    for name, line in (("bench", "exec make templates"), ("templates", 'echo "given: $*"')):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    code, out, err = run("make", "-C", str(tmp_path), "bench", "ARGS=--runs 1", "JSON=1")
    assert (code, "\ngiven: \n" in f"\n{out}") == (0, True), out + err
