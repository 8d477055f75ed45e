"""A load balancer's request goes to another target where the first can't be reached, and is worked on once."""

import asyncio
import http.server
import socket
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest

from local_aws.services.ecs.forwarding import Request, Target, forward


class _Answering(http.server.BaseHTTPRequestHandler):
    """Answers with what it got; on ``/break`` it ends the connection instead."""

    def do_GET(self) -> None:  # the name that http.server calls
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append(self.command)  # type: ignore[attr-defined] # the server below
        if self.path.startswith("/break"):
            return
        self.send_response(201)
        self.send_header("set-cookie", "a=1")
        self.send_header("set-cookie", "b=2")
        content = f"{self.command} {self.path} {self.headers['x-word']} {body.decode()}".encode()
        self.send_header("content-length", str(len(content) + (5 if self.path == "/short" else 0)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the same

    def log_message(self, *_words: object) -> None:
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as made:
        made.seen = []  # type: ignore[attr-defined] # what it was asked
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def nobody() -> Target:
    """Return the address of a target that is gone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return "127.0.0.1", port


def _forwarded(targets: list[Target], method: str, path: str, body: bytes = b"") -> Any:
    """Return the status, the headers, the body and whether it came to its end; or the reason why there is no answer."""
    request = Request(method, path, {"x-word": "w", "Content-Length": "999", "Connection": "close"}, body)
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def work() -> Any:
        answer = await forward(targets, request)
        if isinstance(answer, str):
            return answer
        status, headers, pass_on = answer
        await pass_on(send, receive)
        whole = bool(sent) and not sent[-1]["more_body"]
        return status, headers, b"".join(message["body"] for message in sent).decode(), whole

    return asyncio.run(work())


def _address(server: http.server.ThreadingHTTPServer) -> Target:
    return "127.0.0.1", server.server_address[1]


def test_the_answer_is_passed_on_whole(server: Any) -> None:
    status, headers, body, whole = _forwarded([_address(server)], "POST", "/a?b=c", b"hello")
    assert (status, body, whole) == (201, "POST /a?b=c w hello", True)
    assert headers["set-cookie"] == ["a=1", "b=2"]


def test_a_target_that_is_gone_is_passed_over(server: Any, nobody: Target) -> None:
    assert _forwarded([nobody, _address(server)], "POST", "/", b"once")[2] == "POST / w once"
    assert server.seen == ["POST"]
    reason = _forwarded([nobody], "GET", "/")
    assert reason.startswith(f"Target 127.0.0.1:{nobody[1]}: ")
    assert "refused" in reason


def test_what_a_target_may_have_begun_is_only_asked_again_where_it_changes_nothing(server: Any) -> None:
    twice = [_address(server), _address(server)]
    assert isinstance(_forwarded(twice, "POST", "/break"), str)
    assert server.seen == ["POST"]
    assert isinstance(_forwarded(twice, "GET", "/break"), str)
    assert server.seen == ["POST", "GET", "GET"]


def test_a_body_that_breaks_off_has_no_end(server: Any) -> None:
    status, _headers, body, whole = _forwarded([_address(server)], "GET", "/short")
    assert (status, body, whole) == (201, "GET /short w ", False)
