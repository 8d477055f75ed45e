"""Asks whoever listens on a port whether it is a local AWS, with nothing imported that costs time."""

import json
import socket
from dataclasses import dataclass
from typing import Any

IDENTITY_PATH = "/_local-aws/identity"
HANDSHAKE_PATH = "/_local-aws/handshake"
HOLDINGS_PATH = "/_local-aws/holdings"
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
    """Ask 127.0.0.1 at ``port``; None where nothing listens. What speaks no HTTP gives status 0."""
    content = json.dumps(body).encode() if body is not None else b""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{TOKEN_HEADER}: {token}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
            return _read(_exchange(connection, head.encode() + content))
    except ConnectionRefusedError:
        return None


def _exchange(connection: socket.socket, request: bytes) -> bytes:
    received = bytearray()
    try:
        connection.sendall(request)
        while len(received) < _LARGEST_ANSWER and (part := connection.recv(65536)):
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
    except ValueError:
        members = {}
    return Answer(status, members if isinstance(members, dict) else {})
