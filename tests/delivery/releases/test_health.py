"""Asking a service for its health."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from delivery.releases.model import health_check
from tests.bad_endpoints import KINDS, bad_endpoint


class Service(ThreadingHTTPServer):
    """Answers 503 so many times, and then 200."""

    failures = 0
    asked = 0


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked += 1
        good = self.server.asked > self.server.failures
        body = b'{"success":\n true}' if good else b"not yet"
        self.send_response(200 if good else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def address(service: Service) -> str:
    return f"http://127.0.0.1:{service.server_port}/health"


def test_a_good_answer_is_one_line(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nothing on this machine is asked for through a proxy
    answer = health_check.ask(address(service))
    assert answer.good
    assert str(answer) == f'{address(service)} answers 200: {{"success": true}}'


def test_it_is_asked_until_it_is_good(service: Service) -> None:
    service.failures = 2
    assert health_check.ask_until_good(address(service), 10).good
    assert service.asked == 3


def test_patience_has_an_end(service: Service) -> None:
    service.failures = 100
    answer = health_check.ask_until_good(address(service), 0.5)
    assert (answer.good, answer.status, answer.text) == (False, 503, "not yet")


def test_nobody_answers() -> None:
    answer = health_check.ask("http://127.0.0.1:9/health")
    assert answer.status == 0
    assert str(answer).startswith("http://127.0.0.1:9/health: no answer (")


@pytest.mark.parametrize("kind", ["garbage", "closed", "drip"])
def test_what_is_no_answer_is_told(kind: str) -> None:
    with bad_endpoint(KINDS[kind]) as endpoint:
        began = time.monotonic()
        answer = health_check.ask(f"{endpoint.address}/health")
    assert time.monotonic() - began < 7
    assert answer.status == 0
    assert str(answer).isprintable()
