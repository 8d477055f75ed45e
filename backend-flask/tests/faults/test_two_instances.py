"""Two instances at once pass the tests that one does."""

import os
import subprocess
import sys

import pytest

from tests.support.server import BACKEND_FOLDER

SECONDS = 600
pytestmark = [pytest.mark.faults, pytest.mark.timeout(SECONDS)]


def test_two_instances_pass_the_same_tests() -> None:
    # Of this run's own names, which the other one would take for its own, it has none.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRUDDUR_TEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "--numprocesses", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-m", "not faults and not one_process", "tests/activities", "tests/api"],
        cwd=BACKEND_FOLDER,
        env=environment | {"INSTANCES": "2"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
