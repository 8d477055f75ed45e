"""Asks whoever listens on a port whether it is a local AWS, with nothing imported that costs time."""

import json
import socket
import time
from dataclasses import dataclass
from typing import Any

IDENTITY_PATH = "/_local-aws/identity"
ADMINISTRATOR_PATH = "/_local-aws/administrator"
HANDSHAKE_PATH = "/_local-aws/handshake"
HOLDINGS_PATH = "/_local-aws/holdings"
PUSHED_PATH = "/_local-aws/pushed"
LEDGER_PATH = "/_local-aws/ledger"
EVALUATE_PATH = "/_local-aws/evaluate"
TOKEN_HEADER = "x-local-aws-token"  # noqa: S105 - the name of a header, no secret

_LARGEST_ANSWER = 1 << 26


@dataclass(frozen=True)
class Answer:
    """What was answered: HTTP's status, and the JSON object of the body (empty where it is none)."""

    status: int
    members: dict[str, Any]


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    token: str = "",
    body: dict[str, Any] | None = None,
    seconds: float = 5,
) -> Answer | None:
    """Ask 127.0.0.1 at ``port``; None where nothing listens. What does not answer in HTTP gives status 0.

    ``seconds`` are for all of it: of whoever is not done by then, what has come so far counts.
    """
    content = json.dumps(body).encode() if body is not None else b""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{TOKEN_HEADER}: {token}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    end = time.monotonic() + seconds
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
            return _read(_exchange(connection, head.encode() + content, end))
    except ConnectionRefusedError:
        return None
    except OSError:
        return Answer(0, {})


def _exchange(connection: socket.socket, request: bytes, end: float) -> bytes:
    received = bytearray()
    try:
        connection.sendall(request)
        while len(received) < _LARGEST_ANSWER and (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            part = connection.recv(65536)
            if not part:
                break
            received += part
    except OSError:
        return bytes(received)
    return bytes(received)


def _read(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        members = {}
    return Answer(status, members if isinstance(members, dict) else {})
