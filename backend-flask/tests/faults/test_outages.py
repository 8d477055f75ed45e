"""People post while their database is killed, paused, restarted and cut off: each post is there once."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import service_environment
from tests.support.commit_cutter import CommitCutter
from tests.support.databases import prepare
from tests.support.postgres import PostgreSQL, running_postgres
from tests.support.server import Server, running_service
from tests.support.user_pool import UserPool

pytestmark = pytest.mark.faults
CLIENTS = 24
# What happens to the database, with the seconds that it lasts.
OUTAGES = [("cut", 4), ("kill", 1), ("pause", 3), ("restart", 1), ("cut", 4), ("kill", 0)]
CALM_SECONDS = 2
PATIENCE_SECONDS = 30
# From the database's first answer to the service's first good one.
BACK_SECONDS = 2


@dataclass
class Outcomes:
    """What the clients were told of each message."""

    acknowledged: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def postgres() -> Iterator[PostgreSQL]:
    """A server that this test may kill."""
    with running_postgres() as server:
        prepare(server.url)
        yield server


def test_what_is_acknowledged_is_there_once(postgres: PostgreSQL, user_pool: UserPool) -> None:
    outcomes = Outcomes()
    with ExitStack() as stack:
        cutter = CommitCutter(postgres.url)
        stack.callback(cutter.close)
        environment = service_environment(cutter.url, user_pool)
        instances = [stack.enter_context(running_service(environment)) for _ in range(2)]
        ended = threading.Event()
        clients = [
            threading.Thread(target=keep_posting, args=(instances, user_pool, number, outcomes, ended))
            for number in range(CLIENTS)
        ]
        stack.callback(ended.set)  # also where a check below fails: nobody would end them
        for client in clients:
            client.start()
        for what, seconds in OUTAGES:
            time.sleep(CALM_SECONDS)
            suffer(postgres, cutter, what, seconds)
            assert_back(instances)
        time.sleep(CALM_SECONDS)
        ended.set()
        for client in clients:
            client.join()
    with psycopg.connect(postgres.url) as connection:
        rows = Counter(
            row[0] for row in connection.execute("SELECT message FROM activities WHERE message LIKE 'm %'")
        )
    assert set(rows.values()) == {1}
    assert outcomes.acknowledged <= set(rows)
    assert set(rows) <= outcomes.acknowledged | outcomes.unknown
    # Those with a key were sent until they were acknowledged, and so are all there.
    with_key = {message for message in rows if "with key" in message}
    assert with_key == {message for message in outcomes.acknowledged if "with key" in message}
    assert not {message for message in outcomes.unknown if "with key" in message}
    # The outages did what they are for: some posts were written, and nobody was told.
    assert set(rows) & outcomes.unknown
    assert cutter.cuts > CLIENTS
    assert set(outcomes.statuses) <= {"201", "503", "503 for good"}, outcomes.statuses


def suffer(postgres: PostgreSQL, cutter: CommitCutter, what: str, seconds: float) -> None:
    if what == "cut":
        cutter.is_cutting = True
        time.sleep(seconds)
        cutter.is_cutting = False
    elif what == "pause":
        postgres.pause()
        time.sleep(seconds)
        postgres.resume()
    else:
        (postgres.kill if what == "kill" else postgres.stop)()
        time.sleep(seconds)
        postgres.start()


def assert_back(instances: list[Server]) -> None:
    """Each instance has a good answer soon after the database answers."""
    began = time.monotonic()
    for instance in instances:
        while instance.get("/api/activities/home") != 200:
            assert time.monotonic() - began < BACK_SECONDS
            time.sleep(0.02)
    assert time.monotonic() - began < BACK_SECONDS


def keep_posting(
    instances: list[Server], pool: UserPool, number: int, outcomes: Outcomes, ended: threading.Event
) -> None:
    """Posts one message after another; with a key, sends each until it is acknowledged."""
    has_key = number % 2 == 0
    headers = pool.sign_in(sub=f"client {number}", username=f"client-{number}")
    while not ended.is_set():
        message = f"m {'with key' if has_key else 'without'} {uuid4()}"
        key = {"Idempotency-Key": f'"{uuid4()}"'} if has_key else {}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, may_retry = post(random.choice(instances), headers | key, message)  # noqa: S311 - a load balancer
            outcomes.statuses[f"{status}" if may_retry or status != 503 else f"{status} for good"] += 1
            if status == 201:
                outcomes.acknowledged.add(message)
                break
            if not may_retry:
                outcomes.unknown.add(message)
                break
            assert time.monotonic() < deadline, "the service did not find its database again"
            time.sleep(0.1)


def post(server: Server, headers: dict[str, str], message: str) -> tuple[int, bool]:
    """Gives the status, 0 without an answer, and whether the answer invites to try again."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", "/api/activities", json.dumps({"message": message}), headers)
        response = connection.getresponse()
        response.read()
    except (OSError, HTTPException):
        return 0, False
    else:
        return response.status, "Retry-After" in response.headers
    finally:
        connection.close()
