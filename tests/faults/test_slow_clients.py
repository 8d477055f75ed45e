"""Requests that never end are closed, on every port."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tests.local_aws.attacks.attacker import Attempt, Signer
from tests.local_aws.attacks.conftest import BUCKET, Target

pytest_plugins = ("tests.local_aws.attacks.conftest",)


def _begun(port: int, *lines: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=90)
    connection.sendall("\r\n".join([*lines, f"Host: 127.0.0.1:{port}", "", ""]).encode())
    return connection


def _seconds_until_the_end(connection: socket.socket, drip: bytes = b"") -> tuple[float, bytes]:
    """Send ``drip`` once a second until the connection ends; give the seconds, and what was answered."""
    began, received = time.monotonic(), b""
    connection.settimeout(1)
    with connection, suppress(ConnectionError):
        while time.monotonic() - began < 85:
            with suppress(TimeoutError):
                part = connection.recv(4096)
                if not part:
                    break
                received += part
            if drip:
                connection.sendall(drip)
    return time.monotonic() - began, received


def test_what_stops_or_drips_is_given_up(target: Target) -> None:
    url = Signer(target.owner, "s3").in_query(Attempt(target.port, "PUT", f"/{BUCKET}/slow")).target
    object_lines = [f"PUT {url} HTTP/1.1", "Content-Length: 1000"]
    silent = [
        _begun(target.port, *object_lines),
        _begun(target.balancer_port, "POST / HTTP/1.1", "Content-Length: 1000"),
    ]
    dripping = [
        _begun(target.port, *object_lines),
        _begun(target.balancer_port, "POST / HTTP/1.1", "Content-Length: 100000"),
        *(socket.create_connection(("127.0.0.1", port)) for port in target.ports),
    ]
    with ThreadPoolExecutor(6) as pool:
        stopped = pool.map(_seconds_until_the_end, silent)
        slow = pool.map(lambda one: _seconds_until_the_end(one, b"x"), dripping)
        for seconds, answer in stopped:
            assert (seconds < 20, answer[:12]) == (True, b"HTTP/1.1 400")
        *bodies, first_header, second_header = slow
    for seconds, answer in bodies:
        assert (seconds < 80, answer[:12]) == (True, b"HTTP/1.1 400")
    for seconds, _answer in (first_header, second_header):
        assert seconds < 45
