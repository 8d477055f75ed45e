"""Hundreds of slow clients of each kind cost nothing that others notice, and none is borne for ever."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import psycopg
import pytest

from cruddur.server.limits import ANSWER_SECONDS, REQUEST_SECONDS
from tests.conftest import service_environment
from tests.support.databases import Databases
from tests.support.large_table import fill
from tests.support.probe import connections, megabytes, probing
from tests.support.raw_client import connection, error, read
from tests.support.server import Server, running_service
from tests.support.slow_clients import KINDS, attacking
from tests.support.user_pool import UserPool

pytestmark = pytest.mark.faults
CLIENTS = 500
MOST_SECONDS = 0.5
MOST_MEGABYTES = 200
ATTACK_SECONDS = 3
SLACK_SECONDS = 3
# So many clients with so many pages of a megabyte each: more than the kernel keeps for them.
UNREAD = 40
PAGES = 8
STOP_SECONDS = 8
HOME = b"GET /api/activities/home HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def server(databases: Databases, seeded_template: str, user_pool: UserPool) -> Iterator[Server]:
    """A running service with a full home page."""
    url = fill(databases.copy(seeded_template), 1000)
    with running_service(service_environment(url, user_pool)) as server:
        yield server


@pytest.fixture(scope="module")
def token(user_pool: UserPool) -> bytes:
    """The header field of somebody who has signed in."""
    return b"Authorization: " + user_pool.sign_in()["Authorization"].encode()


def suffer(
    server: Server, kinds: Sequence[str], fields: Sequence[bytes], seconds: float = ATTACK_SECONDS
) -> None:
    with attacking(server.port, kinds, CLIENTS, fields), probing(server, MOST_SECONDS):
        time.sleep(seconds)
        assert max(megabytes(server)) < MOST_MEGABYTES


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("has_token", [False, True])
def test_hundreds_of_slow_clients_delay_nobody(
    server: Server, token: bytes, kind: str, *, has_token: bool
) -> None:
    suffer(server, [kind], [token if has_token else b""])


def test_all_kinds_at_once_delay_nobody(server: Server, token: bytes) -> None:
    suffer(server, KINDS, [token, b""], REQUEST_SECONDS + ATTACK_SECONDS)


def test_a_slow_request_has_its_time(server: Server, token: bytes) -> None:
    began = time.monotonic()
    starts = [HOME, b"POST /api/activities HTTP/1.1\r\n" + token + b"\r\nContent-Length: 9\r\n\r\n1"]
    clients = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in starts]
    silent = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    for client, start in zip(clients, starts, strict=True):
        client.sendall(start)
    for client in clients:
        with client:
            response, body = read(client)
            assert response.status == 408
            assert error(response, body)["code"] == "request_timeout"
    with silent:
        assert silent.recv(1) == b""
    assert REQUEST_SECONDS - 1 < time.monotonic() - began < REQUEST_SECONDS + SLACK_SECONDS


def test_who_does_not_read_delays_nobody_and_is_cut_off(
    databases: Databases, seeded_template: str, user_pool: UserPool
) -> None:
    url = fill_with_long_replies(databases.copy(seeded_template))
    with running_service(service_environment(url, user_pool)) as server, ExitStack() as clients:
        for _ in range(UNREAD):
            clients.enter_context(connection(server.port)).sendall((HOME + b"\r\n") * PAGES)
        # Until then the service is busy making their answers.
        time.sleep(ANSWER_SECONDS / 2)
        assert connections(server) > 0
        with probing(server, MOST_SECONDS):
            time.sleep(ANSWER_SECONDS / 2 + SLACK_SECONDS)
        assert max(megabytes(server)) < MOST_MEGABYTES
        assert connections(server) == 0


def fill_with_long_replies(url: str) -> str:
    """Makes an answer for home of more than a megabyte."""
    with psycopg.connect(fill(url, 60), autocommit=True) as connection:
        connection.execute(
            """INSERT INTO activities (user_uuid, message, reply_to_activity_uuid)
            SELECT user_uuid, repeat('long ', 200), uuid FROM activities, generate_series(1, 20)
            WHERE reply_to_activity_uuid IS NULL"""
        )
    return url


def test_a_slow_client_does_not_delay_a_stop(server: Server) -> None:
    with connection(server.port) as client:
        client.sendall(HOME)
        server.process.terminate()
        assert server.process.wait(timeout=STOP_SECONDS) == 0
