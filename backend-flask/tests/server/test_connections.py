"""What a client may send, byte by byte: answered as HTTP has it, or refused in the form of every error."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from tests.conftest import service_environment
from tests.support.databases import Databases
from tests.support.raw_client import ask, connection, error, read
from tests.support.server import Server, running_service
from tests.support.user_pool import UserPool

HEALTH = b"GET /api/health-check HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /api/activities HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def port(databases: Databases, seeded_template: str, user_pool: UserPool) -> Iterator[int]:
    """The port of a running service."""
    with running_service(service_environment(databases.copy(seeded_template), user_pool)) as server:
        yield server.port
        check_log(server)


def check_log(server: Server) -> None:
    lines = [json.loads(line) for line in server.output.read_text(encoding="utf-8").splitlines()]
    assert {line["level"] for line in lines} == {"INFO"}
    refused = [line for line in lines if line["message"].startswith("request refused")]
    assert all(line["request_id"] and line["status"] >= 400 for line in refused)


@pytest.fixture(scope="module")
def token(user_pool: UserPool) -> bytes:
    """The header field of somebody who has signed in."""
    return b"Authorization: " + user_pool.sign_in()["Authorization"].encode() + b"\r\n"


@pytest.mark.parametrize(
    ("status", "code", "sent"),
    [
        (400, "bad_request", b"nonsense\r\n\r\n"),
        (400, "bad_request", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        (400, "bad_request", b"GET /api/health-check\r\n\r\n"),
        (400, "bad_request", b"GET /api/health-check HTTP/9.9\r\nHost: x\r\n\r\n"),
        (400, "bad_request", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, "bad_request", HEALTH + b"no colon\r\n\r\n"),
        (400, "bad_request", HEALTH + b"Nu\0l: x\r\n\r\n"),
        (400, "bad_request", HEALTH + b"Host: y\r\n\r\n"),
        (400, "bad_request", HEALTH + b"Content-Length: -1\r\n\r\n"),
        (400, "bad_request", HEALTH + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"),
        (400, "bad_request", HEALTH + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        (400, "bad_request", CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n"),
        (400, "bad_request", CHUNKED + b"\r\nxyz\r\n"),
        (400, "bad_request", CHUNKED + b"\r\n5\r\nhello, there\r\n0\r\n\r\n"),
        (400, "bad_request", CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n"),
        (400, "bad_request", CHUNKED + b"\r\n" + b"0" * 20_000),
        (414, "uri_too_long", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        (414, "uri_too_long", b"GET /" + b"a" * 4_000_000),
        (431, "request_header_fields_too_large", HEALTH + b"A: " + b"a" * 9000 + b"\r\n\r\n"),
        (431, "request_header_fields_too_large", HEALTH + b"A: b\r\n" * 200 + b"\r\n"),
        (431, "request_header_fields_too_large", HEALTH + (b"A: " + b"a" * 8000 + b"\r\n") * 90),
        (501, "not_implemented", POST + b"Transfer-Encoding: magic\r\n\r\n"),
    ],
)
def test_what_is_not_http_is_refused_in_the_form_of_every_error(
    port: int, status: int, code: str, sent: bytes
) -> None:
    response, body = ask(port, sent)
    assert response.status == status, body
    assert error(response, body)["code"] == code
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("rest", [b"xyz\r\n", b"5\r\nhello, there\r\n0\r\n\r\n"])
def test_a_body_that_breaks_after_its_beginning_is_refused(port: int, token: bytes, rest: bytes) -> None:
    response, body = ask(port, CHUNKED + token + b'\r\n5\r\n{"mes\r\n', rest)
    assert response.status == 400
    assert error(response, body)["code"] == "bad_request"


@pytest.mark.parametrize("size", [17_000, 5_000_000])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(port: int, token: bytes, size: int, *, is_chunked: bool) -> None:
    content = b"a" * size
    if is_chunked:
        sent = CHUNKED + token + b"\r\n%x\r\n" % size + content + b"\r\n0\r\n\r\n"
    else:
        sent = POST + token + b"Content-Length: %d\r\n\r\n" % size + content
    response, body = ask(port, sent)
    assert response.status == 413
    assert error(response, body)["code"] == "content_too_large"


def test_a_body_in_chunks_is_a_body(port: int, token: bytes) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % character for character in b'{"message": "bit by bit"}')
    response, body = ask(port, CHUNKED + token + b"\r\n", chunks, b"0\r\n\r\n")
    assert response.status == 201
    assert json.loads(body)["data"]["message"] == "bit by bit"


@pytest.mark.parametrize("field", [b"", b"Content-Length: 100000\r\n"])
def test_who_waits_before_sending_a_body_is_told(port: int, token: bytes, field: bytes) -> None:
    field = field or b"Content-Length: 17\r\n"
    with connection(port) as client:
        client.sendall(POST + token + field + b"Expect: 100-continue\r\n\r\n")
        said = client.recv(100)
        if b"100000" in field:
            assert said.startswith(b"HTTP/1.1 413 ")
            return
        assert said == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b'{"message": "ok"}')
        assert read(client)[0].status == 201


def test_requests_that_come_at_once_are_answered_in_turn(port: int) -> None:
    with connection(port) as client:
        client.sendall(HEALTH + b"\r\n" + b"GET /api/nope HTTP/1.1\r\nHost: x\r\n\r\n" + HEALTH + b"\r\n")
        # Read by the byte: a buffered reader would take the next answer too.
        said = b""
        while said.count(b"HTTP/1.1") < 3:
            said += client.recv(65536)
    assert [part[:3] for part in said.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


def test_a_flood_ahead_of_the_answer_ends_the_connection(port: int) -> None:
    with connection(port) as client, pytest.raises(OSError, match=r"reset|pipe"):
        client.sendall(b"GET /api/activities/home HTTP/1.1\r\nHost: x\r\n\r\n" * 400_000)


def test_who_has_nothing_more_to_send_is_answered(port: int) -> None:
    with connection(port) as client:
        client.sendall(b"GET /api/activities/home HTTP/1.1\r\nHost: x\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        response = HTTPResponse(client)
        response.begin()
        assert response.status == 200
        response.read()
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET http://x/api/health-check HTTP/1.1", 200),
        (b"GET http://x HTTP/1.1", 404),
        (b"OPTIONS * HTTP/1.1", 404),
        (b"CONNECT x:443 HTTP/1.1", 404),
        (b"GET //api/health-check HTTP/1.1", 200),
        (b"GET /api/%00%ff HTTP/1.1", 404),
        (b"GET /api/activities/@%ff%fe HTTP/1.1", 404),
        (b"GET /api/health-check?%ff=%00&a HTTP/1.0", 200),
    ],
)
def test_every_form_of_a_target_is_understood(port: int, request_line: bytes, status: int) -> None:
    response, body = ask(port, request_line + b"\r\nHost: x\r\n\r\n")
    assert response.status == status, body


def test_an_upgrade_that_nobody_offers_is_refused(port: int) -> None:
    fields = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    response, body = ask(port, HEALTH + fields + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    assert response.status == 400
    assert error(response, body)["code"] == "bad_request"


def test_an_underscore_is_no_hyphen(port: int) -> None:
    response, _ = ask(port, HEALTH + b"X_Request_Id: forged\r\n\r\n")
    assert response.headers["X-Request-Id"] != "forged"


def test_a_client_that_came_by_https_is_told_to_stay_with_it(port: int) -> None:
    for proto, expected in ((b"https", "max-age=31536000"), (b"http", None)):
        response, _ = ask(port, HEALTH + b"X-Forwarded-Proto: " + proto + b"\r\n\r\n")
        assert response.headers["Strict-Transport-Security"] == expected


@pytest.mark.parametrize("path", [b"/api/health-check", b"/api/activities/home", b"/api/nope"])
def test_every_answer_is_for_its_reader_alone(port: int, path: bytes) -> None:
    response, _ = ask(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


def test_no_answer_says_what_serves_it(port: int) -> None:
    for sent in (HEALTH + b"\r\n", b"nonsense\r\n\r\n"):
        response, _ = ask(port, sent)
        assert response.headers.get("Server", "cruddur") == "cruddur"
