"""Requests are made up for a while, good ones and bad ones, and the database restarts in the middle.

`SCHEMATHESIS_SECONDS=300 bin/test-backend -m faults tests/faults/test_made_up_requests.py` takes longer.
"""

import json
import os
import subprocess
import sys
import time

import pytest

from tests.conftest import service_environment
from tests.support.databases import prepare
from tests.support.postgres import running_postgres
from tests.support.server import BACKEND_FOLDER, Server, running_service
from tests.support.user_pool import UserPool

SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "60"))
RESTART_SECONDS = 2
# What schemathesis begins within its time, it ends.
PATIENCE_SECONDS = 120
pytestmark = [pytest.mark.faults, pytest.mark.timeout(SECONDS + 2 * PATIENCE_SECONDS)]


def test_every_answer_is_as_documented_whatever_becomes_of_the_database(user_pool: UserPool) -> None:
    with running_postgres() as postgres:
        prepare(postgres.url)
        with running_service(service_environment(postgres.url, user_pool)) as server:
            requests = subprocess.Popen(
                command(server, user_pool), cwd=BACKEND_FOLDER, stdout=subprocess.PIPE, text=True
            )
            try:
                time.sleep(SECONDS / 2)
                before = len(statuses(server))
                postgres.stop()
                time.sleep(RESTART_SECONDS)
                during = len(statuses(server))
                postgres.start()
                said, _ = requests.communicate(timeout=SECONDS + PATIENCE_SECONDS)
            finally:
                requests.kill()
            assert requests.returncode == 0, said
            answered = statuses(server)
    # The outage was noticed, and it ended.
    assert {200, 201} <= set(answered[:before])
    assert 503 in answered[before:during]
    assert {200, 201} <= set(answered[during:])


def command(server: Server, pool: UserPool) -> list[str]:
    """Asks everything that the document has, and that it forbids, until the time is over."""
    document = f"http://127.0.0.1:{server.port}/api/openapi.json"
    # One worker: each parses Python as it goes, and two threads that do so at once may end in "AST
    # constructor recursion depth mismatch" (seen in Python 3.11.7).
    options = ["--checks", "all", "--max-time", str(SECONDS), "--workers", "1", "--continue-on-failure"]
    header = f"Authorization: {pool.sign_in()['Authorization']}"
    return [sys.executable, "-m", "schemathesis.cli", "run", document, *options, "--header", header]


def statuses(server: Server) -> list[int]:
    """The status of each answer so far, in order."""
    # The last line may be half written.
    lines = map(json.loads, server.output.read_text(encoding="utf-8").split("\n")[:-1])
    return [line["status"] for line in lines if "status" in line]
