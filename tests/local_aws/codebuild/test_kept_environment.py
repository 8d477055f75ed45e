"""What `make-environment` keeps is taken by the next build, whose Python has another path: each build has its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.services.codebuild.machine.runtimes import Python, make
from settings.root import PROJECT_ROOT

pytestmark = pytest.mark.slow
SCRIPT = PROJECT_ROOT / "backend-flask" / "tests" / "make-environment"
INSTALLED = Path(sys.base_prefix)


def made(folder: Path, lock: Path) -> Path:
    """Make an environment in a build of its own; return a file in it that tells which one was unpacked."""
    own = folder / "python"
    own.mkdir(parents=True)
    version = ".".join(map(str, sys.version_info[:3]))
    make(own, Python(version, INSTALLED / "bin" / f"python3.{sys.version_info.minor}", INSTALLED))
    variables = {"PATH": f"{own / 'bin'}:{os.defpath}", "HOME": str(folder)}
    done = subprocess.run(
        ["bash", SCRIPT, folder / "environment", lock.parent / "kept", lock],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "environment" / "told"


def test_what_one_build_made_the_next_one_takes(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("")
    told = made(tmp_path / "one", lock)
    (kept,) = (tmp_path / "kept").iterdir()
    told.write_text("of one")
    subprocess.run(["tar", "--append", "--file", kept, "--directory", told.parent, "told"], check=True)
    assert made(tmp_path / "two", lock).read_text() == "of one"
