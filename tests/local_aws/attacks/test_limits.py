"""What is too large, too slow or never ends is given up, and takes no memory meanwhile."""

import os
import socket
import time
from contextlib import suppress

import pytest

from local_aws.process.server_record import StateFolder
from tests.local_aws.attacks.attacker import Attempt, Signer, resident_megabytes, who_am_i
from tests.local_aws.attacks.conftest import BUCKET, Target
from tests.support.waiting import until

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000


def _pid(target: Target) -> int:
    running = StateFolder(target.aws.state_folder).read()
    assert running is not None
    return running.pid


def _begun(port: int, *lines: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall("\r\n".join([*lines, f"Host: 127.0.0.1:{port}", "", ""]).encode())
    return connection


def _push(connection: socket.socket, megabytes: int) -> None:
    """Send a body until all is sent or nobody reads it."""
    with suppress(OSError):
        for _ in range(megabytes):
            connection.sendall(b"x" * MEGABYTE)


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("PUT", f"/{BUCKET}/large", []),
        ("POST", "/", ["Content-Type: application/x-www-form-urlencoded"]),
        ("PATCH", "/v2/ours/blobs/uploads/x", []),
        ("PUT", "/v2/ours/manifests/x", ["Authorization: Basic QVdTOng="]),
        ("POST", "/_local-aws/evaluate", []),
        ("POST", "/_ministack/reset", []),
    ],
)
def test_a_large_body_of_nobody_is_refused_before_it_is_read(
    target: Target, method: str, path: str, more: list[str]
) -> None:
    pid = _pid(target)
    before, began = resident_megabytes(pid), time.monotonic()
    with _begun(target.port, f"{method} {path} HTTP/1.1", "Content-Length: 400000000", *more) as connection:
        answer = connection.recv(4096)
        assert answer.startswith((b"HTTP/1.1 401", b"HTTP/1.1 403", b"HTTP/1.1 404")), answer
        assert time.monotonic() - began < 1, "the headers were enough"
        _push(connection, 400)
    assert resident_megabytes(pid) - before < 20


def test_a_body_without_an_end_is_refused_as_well(target: Target) -> None:
    with _begun(target.port, "PUT /x/y HTTP/1.1", "Transfer-Encoding: chunked") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 403")


def test_a_load_balancer_takes_a_body_up_to_its_limit(target: Target) -> None:
    large = Attempt(target.balancer_port, "POST", "/", body=b"x" * (1 << 20))
    assert large.send().body == b"balanced"
    with _begun(target.balancer_port, "POST / HTTP/1.1", "Content-Length: 400000000") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_what_is_signed_has_a_limit_too(target: Target) -> None:
    url = Signer(target.owner, "s3").in_query(Attempt(target.port, "PUT", f"/{BUCKET}/huge"))
    assert url.having(content_length=str((5 << 30) + 1)).send().status == 413
    signed = Signer(target.owner, "sts").in_header(who_am_i(target.port))
    assert signed.having(content_length=str((16 << 20) + 1)).send().status == 413


def test_a_client_that_goes_away_leaves_nothing(target: Target) -> None:
    url = Signer(target.owner, "s3").in_query(Attempt(target.port, "PUT", f"/{BUCKET}/gone"))
    with _begun(target.port, f"PUT {url.target} HTTP/1.1", "Content-Length: 50000000") as connection:
        connection.sendall(b"x" * 10 * MEGABYTE)
    pid = _pid(target)

    def is_gone() -> bool:
        links = [f"/proc/{pid}/fd/{name}" for name in os.listdir(f"/proc/{pid}/fd")]  # noqa: PTH208
        return not [link for link in links if "/incoming/" in os.path.realpath(link)]

    until(is_gone, seconds=10)
    assert not list((target.aws.state_folder / "incoming").iterdir())
    head = Attempt(target.port, "HEAD", f"/{BUCKET}/gone")
    assert Signer(target.owner, "s3").in_header(head).send().status == 404
