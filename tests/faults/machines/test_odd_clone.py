"""A clone in a folder whose name has all that shells, make, Python, git and botocore have a meaning for."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rehearsal.local_account import free_port
from settings.root import PROJECT_ROOT

NAMES = ('-it\'s a "$HOME" földer\nwith `false` & ${PATH}; %(x)s #1 \\ *', ".dot and a line end\n")


def run(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=clone, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(params=NAMES, ids=["dash", "dot"])
def clone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / request.param
    subprocess.run(["git", "clone", "-q", PROJECT_ROOT, path], check=True)
    port = str(free_port())
    local = path / "config" / "environments" / "local.toml"
    text = local.read_text("utf-8").replace("4566", port)
    local.write_text(text.replace('"bin/local-aws", "start"', f'"bin/local-aws", "start", "--port", "{port}"'), "utf-8")
    yield path
    run(path, "bin/local-aws", "reset", "--yes")


def test_everything_works_there(clone: Path) -> None:
    for words in (
        ["bin/lint"],
        ["make", "templates-check"],
        ["make", "deploy"],
        ["make", "deploy"],
        ["make", "status"],
    ):
        done = run(clone, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    started = run(clone, "bin/release", "--no-wait")
    assert started.returncode == 0, started.stderr
    end = time.monotonic() + 60
    while "In progress  Test" not in " ".join(run(clone, "make", "status").stdout.split("\n")).replace("\x1b", ""):
        assert time.monotonic() < end
        time.sleep(1)
    stopped = run(clone, "make", "stop", "ARGS=--abandon")
    assert stopped.returncode == 0, stopped.stderr
    pushed = run(clone, "git", "push", "-q", "local", "HEAD:refs/heads/prod")
    assert pushed.returncode == 0, pushed.stderr
    stopped = run(clone, "bin/local-aws", "stop")
    assert os.fspath(clone / ".local-aws") in stopped.stdout
