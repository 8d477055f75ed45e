"""A client that sends what no HTTP library would."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

SECONDS = 15


@contextmanager
def connection(port: int) -> Iterator[socket.socket]:
    """A connection to a server on this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        yield client


def read(client: socket.socket, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    """The next answer, with its body."""
    response = HTTPResponse(client, method=method)
    response.begin()
    return response, response.read()


def ask(port: int, *parts: bytes) -> tuple[HTTPResponse, bytes]:
    """Sends these bytes, one part after the other, and reads the answer."""
    with connection(port) as client:
        for part in parts:
            client.sendall(part)
        return read(client)


def error(response: HTTPResponse, body: bytes) -> dict[str, Any]:
    """The error in an answer, which must have the documented form."""
    assert response.headers["Content-Type"] == "application/json", body
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    found: dict[str, Any] = json.loads(body)["error"]
    assert set(found) == {"code", "message", "request_id"}
    assert found["request_id"] == response.headers["X-Request-Id"]
    assert found["message"].endswith(".")
    return found
