"""`bin/setup` makes an environment once, and makes it anew where it was stopped half-way."""

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from reporting import command
from reporting.exit_codes import ExitCode
from settings.root import PROJECT_ROOT

PYTHON = """#!/usr/bin/env bash
# Stands for Python: makes an environment of stand-ins, the installer last, and can be stopped before that.
case $1,$2 in
  -c,*) exit 0 ;;
  -m,venv)
    rm -rf "$4" && mkdir -p "$4/bin"
    cp "$0" "$4/bin/python"
    if [[ -e $STOP ]]; then kill -KILL "$PPID"; exit 1; fi
    cp "$0" "$4/bin/uv"
    ;;
  -m,pip) [[ -x $(dirname "$0")/uv ]] ;;
  pip,install)
    if [[ -e $(dirname "$STOP")/full ]]; then exit 1; fi
    if [[ -e $STOP_LATE ]]; then kill -KILL "$PPID"; exit 1; fi
    echo installed >>"$LOG"
    ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    shutil.copy(PROJECT_ROOT / "bin" / "setup", tmp_path / "bin" / "setup")
    for name in ("requirements.txt", "requirements-setup.txt", "requirements-test.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def set_up(project: Path, environment: str = "run") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bin/setup", environment],
        cwd=project,
        env={
            "PATH": f"{project}/programs:{os.environ['PATH']}",
            "PYTHON": str(project / "python"),
            "STOP": str(project / "stop"),
            "STOP_LATE": str(project / "stop-late"),
            "LOG": str(project / "log"),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_folder_that_cannot_be_written_is_one_sentence(project: Path) -> None:
    (project / ".venv.lock").mkdir()  # refused to the administrator, too
    done = set_up(project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"may not write in {project}. Make that folder writable" in done.stderr


def test_a_full_disk_is_said_to_be_full(project: Path) -> None:
    (project / "programs").mkdir()
    (project / "programs/df").write_text("#!/bin/sh\nprintf 'head\\n/dev/sda 99999 90000 9999 91%% /\\n'\n")
    (project / "programs/df").chmod(0o755)
    (project / "full").touch()
    done = set_up(project)
    assert done.returncode == 2
    assert f"the disk of {project} has 9 MB left, and .venv needs up to 700: make room" in done.stderr


def test_it_is_made_once(project: Path) -> None:
    first, second = set_up(project), set_up(project)
    assert (first.returncode, "installing the locked packages into .venv" in first.stderr) == (0, True)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert (project / "log").read_text() == "installed\n"


def test_what_tests_need_includes_what_commands_need(project: Path) -> None:
    assert set_up(project, "test").returncode == 0
    assert set_up(project, "run").stderr == ""
    (project / "requirements.txt").write_text("another==1\n")
    assert "installing" in set_up(project, "run").stderr
    assert "installing" in set_up(project, "test").stderr


@pytest.mark.parametrize("moment", ["stop", "stop-late"])
def test_what_was_stopped_half_way_is_made_anew(moment: str, project: Path) -> None:
    (project / moment).touch()
    assert set_up(project).returncode < 0
    (project / ".venv" / "left-over").touch()
    (project / moment).unlink()
    again = set_up(project)
    assert again.returncode == 0, again.stderr
    assert not (project / ".venv" / "left-over").exists()
    assert set_up(project).stderr == ""


def test_a_package_that_is_not_installed_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    def body(name: str) -> Callable[[Sequence[str]], None]:
        def imports(_: Sequence[str]) -> None:
            importlib.import_module(name)

        return imports

    assert command.run(body("no_such_package")) == ExitCode.COULD_NOT_RUN
    said = f"no_such_package is not installed in {sys.prefix}; remove that folder and run the command again.\n"
    assert capfd.readouterr().err == said
    with pytest.raises(ModuleNotFoundError):
        command.run(body("delivery.no_such_module"))
