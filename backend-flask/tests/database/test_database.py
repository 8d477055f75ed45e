"""The pool: enough connections for all threads, bounded waits, no outage that outlives itself."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from flask.testing import FlaskClient

from cruddur.application import THREADS
from cruddur.database.connections import CONNECT_SECONDS, SILENCE_SECONDS, STATEMENT_SECONDS
from cruddur.database.table_locks import PAUSE_SECONDS
from tests.conftest import MakeService
from tests.support.gate import Gate

HOME = "/api/activities/home"
SLACK_SECONDS = 1.5
# After the database answers again, the service does.
BACK_SECONDS = 2


@pytest.fixture
def gate(database_url: str) -> Iterator[Gate]:
    gate = Gate(database_url)
    yield gate
    gate.close()


def at_once(client: FlaskClient, path: str, times: int) -> list[int]:
    def get(_: int) -> int:
        return client.application.test_client().get(path).status_code

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(get, range(times)))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_every_thread_gets_a_connection(make_service: MakeService, database_url: str) -> None:
    service = make_service(database_url, client=FlaskClient)
    for _ in range(5):
        assert set(at_once(service, HOME, THREADS)) == {200}


def test_more_threads_than_connections_take_turns(service: FlaskClient, database_url: str) -> None:
    for _ in range(3):
        assert set(at_once(service, HOME, THREADS * 2)) == {200}
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE application_name = 'backend-flask' AND datname = current_database()"
        ).fetchone()
    assert row is not None
    assert 1 <= row[0] <= THREADS


def test_connections_that_the_server_ended_are_replaced(make_service: MakeService, gate: Gate) -> None:
    service = make_service(gate.url, client=FlaskClient)
    assert set(at_once(service, HOME, THREADS)) == {200}
    gate.hang_up()
    assert set(at_once(service, HOME, THREADS)) == {200}


def test_an_outage_ends_with_the_outage(make_service: MakeService, gate: Gate) -> None:
    client = make_service(gate.url, client=FlaskClient)
    assert set(at_once(client, HOME, THREADS)) == {200}
    gate.shut()
    for _ in range(3):
        with at_most(1):
            assert set(at_once(client, HOME, THREADS)) == {503}
        time.sleep(1)
    gate.reopen()
    began = time.monotonic()
    while client.get(HOME).status_code != 200:
        assert time.monotonic() - began < BACK_SECONDS
        time.sleep(0.05)
    assert set(at_once(client, HOME, THREADS)) == {200}


def test_a_statement_that_takes_too_long_is_cut_off(make_service: MakeService, database_url: str) -> None:
    service = make_service(database_url, client=FlaskClient)
    assert service.get(HOME).status_code == 200
    with psycopg.connect(database_url) as blocking:
        blocking.execute("LOCK TABLE activities IN ACCESS EXCLUSIVE MODE")
        with at_most(STATEMENT_SECONDS + SLACK_SECONDS):
            assert service.get(HOME).status_code == 503
    time.sleep(PAUSE_SECONDS)
    assert service.get(HOME).status_code == 200


def test_a_silent_server_takes_nobody_hostage(make_service: MakeService, gate: Gate) -> None:
    client = make_service(gate.url, client=FlaskClient)
    assert set(at_once(client, HOME, THREADS)) == {200}
    gate.silence()
    with at_most(SILENCE_SECONDS + CONNECT_SECONDS + SLACK_SECONDS):
        assert set(at_once(client, HOME, THREADS)) == {503}
    # From now on one request at a time finds out; the others are answered at once.
    finding_out = threading.Thread(target=client.application.test_client().get, args=(HOME,))
    finding_out.start()
    time.sleep(0.1)
    with at_most(0.5):
        assert set(at_once(client, HOME, 3)) == {503}
    gate.speak()
    began = time.monotonic()
    while client.get(HOME).status_code != 200:
        assert time.monotonic() - began < BACK_SECONDS, "the service did not find its database again"
        time.sleep(0.1)
    finding_out.join()


def test_an_answer_that_never_comes_is_given_up(
    make_service: MakeService, gate: Gate, database_url: str
) -> None:
    client = make_service(gate.url, client=FlaskClient)
    assert client.get(HOME).status_code == 200
    with psycopg.connect(database_url) as blocking, ThreadPoolExecutor(1) as threads:
        blocking.execute("LOCK TABLE activities IN ACCESS EXCLUSIVE MODE")
        under_way = threads.submit(client.get, HOME)
        time.sleep(0.5)
        # The server will cut the statement off, but nobody will hear of it.
        gate.silence()
        assert under_way.result(timeout=SILENCE_SECONDS + SLACK_SECONDS).status_code == 503
