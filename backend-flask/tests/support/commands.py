"""The commands of bin/db, run as people and the buildspec run them."""

import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
COMMAND_SECONDS = 60


def run_database_command(name: str, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs `bash ./bin/db/NAME` from the repository's root."""
    return subprocess.run(
        ["bash", f"./bin/db/{name}", *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"CONNECTION_URL": url},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def script(path: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a script of the repository, with that environment and nothing else of this process's."""
    return subprocess.run(
        ["bash", path, *arguments],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
