"""A page of any name and origin, and whoever asks for what is MiniStack's own, gets nothing on any port."""

import base64
import http.client
import os
import socket

import pytest

from local_aws.process.control_client import (
    EVALUATE_PATH,
    HANDSHAKE_PATH,
    HOLDINGS_PATH,
    IDENTITY_PATH,
    LEDGER_PATH,
    TOKEN_HEADER,
)
from local_aws.process.server_record import StateFolder
from tests.local_aws.attacks.attacker import Attempt, Signer, buckets, who_am_i
from tests.local_aws.attacks.conftest import BUCKET, Target

pytestmark = pytest.mark.slow

NAMES = [
    "evil.example",
    "sts.ca-central-1.amazonaws.com",
    "attacked-1.ca-central-1.elb.amazonaws.com",
    "attacked.alb.localhost",
    "abc.execute-api.localhost",
    "abc.lambda-url.ca-central-1.localhost",
    "d1.cloudfront.net",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "[::1]",
    "0.0.0.0",  # noqa: S104 - a name in a header
    "",
]
ORIGINS = ["https://evil.example", "null", "http://localhost", "https://ours.example"]
UNSIGNED = "/?Action=GetCallerIdentity&Version=2011-06-15"
OWN_PATHS = [
    "/_ministack/health",
    "/_ministack/reset",
    "/_ministack/config",
    "/_ministack/ready",
    "/_ministack/rds/iam-auth",
    "/_ministack/eks-auth/x",
    "/_ministack/cfn-response/x",
    "/%5Fministack/reset",
    "/_localstack/health",
    "/_aws/sqs/messages",
    "/_aws/execute-api/a/b/c",
    "/_alb/attacked/x",
    "/_alb/attacked/",
    "/health",
    "/iceberg/v1/config",
    "/oauth2/token",
    "/latest/meta-data/iam/security-credentials/",
    "/v2/credentials/x",
    "/v4/0123456789abcdef",
    "/restapis/a/b/_user_request_/c",
    "/v1/apis/a/graphql",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", [0, 1])
def test_a_host_that_is_none_of_ours_is_refused_on_every_port(target: Target, which: int, name: str) -> None:
    port = target.ports[which]
    for host in (name, f"{name}:{port}", f"{name}:80"):
        for origin in ("", "http://evil.example"):
            answer = Attempt(port, target=UNSIGNED).having(host=host or ":", origin=origin).send()
            assert answer.status in {400, 421}, (host, answer)
            assert b"root" not in answer.body
            assert not [header for header in answer.headers if header.startswith("access-control")]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "host.docker.internal", f"{BUCKET}.localhost"])
def test_our_own_names_are_answered(target: Target, name: str) -> None:
    asked = buckets(target.port) if "." not in name else who_am_i(target.port)
    service = "s3" if "." not in name else "sts"
    if name.startswith(BUCKET):
        asked, service = Attempt(target.port, target="/page"), "s3"
    answer = Signer(target.owner, service).in_header(asked.having(host=f"{name}:{target.port}")).send()
    assert answer.status == 200, answer


def test_a_signed_request_under_another_name_is_refused(target: Target) -> None:
    attempt = who_am_i(target.port).having(host=f"evil.example:{target.port}")
    assert Signer(target.owner, "sts").in_header(attempt).send().status == 421
    assert who_am_i(target.port).having(host=f"127.0.0.1:{target.port + 1}").send().status == 421


def test_a_load_balancer_answers_to_its_address_and_to_what_its_rules_name(target: Target) -> None:
    own = [f"localhost:{target.balancer_port}", f"127.0.0.1:{target.balancer_port}"]
    named = ["shop.example", "www.shop.example", "SHOP.example", "shop.example:8080"]
    for host in (*own, *named):
        assert Attempt(target.balancer_port).having(host=host).send().body == b"balanced", host
    for host in ("example", "shop.example.evil.example", "evilshop.example", f"localhost:{target.port}"):
        assert Attempt(target.balancer_port).having(host=host).send().status == 421, host


@pytest.mark.parametrize("path", OWN_PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "HEAD"])
def test_what_is_ministacks_own_is_not_there(target: Target, path: str, method: str) -> None:
    for origin in ("", "https://evil.example"):
        answer = Attempt(target.port, method, path).having(origin=origin).send()
        assert answer.is_refused, (answer.status, answer.body)
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", [path for path in OWN_PATHS if path.startswith(("/_", "/%"))])
def test_nor_is_it_for_whoever_signs(target: Target, path: str) -> None:
    attempt = Attempt(target.port, "POST", path)
    for service in ("sts", "s3"):
        assert Signer(target.owner, service).in_header(attempt).send().status == 404
    assert target.aws.client("s3", target.owner).list_buckets()["Buckets"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_answer_is_for_pages_of_other_origins(target: Target, origin: str) -> None:
    for asked, service in ((who_am_i(target.port), "sts"), (buckets(target.port), "s3")):
        for attempt in (asked, Signer(target.owner, service).in_header(asked), asked.having(content_type="text/plain")):
            answer = attempt.having(origin=origin).send()
            assert not [header for header in answer.headers if header.startswith("access-control")], answer
    for path in (IDENTITY_PATH, "/v2/", f"/{BUCKET}-closed/page", "/"):
        asking = Attempt(target.port, "OPTIONS", path).having(origin=origin, access_control_request_method="PUT")
        assert "access-control-allow-origin" not in asking.send().headers


def test_a_buckets_own_rule_lets_pages_of_its_origins_read(target: Target) -> None:
    page = Attempt(target.port, target=f"/{BUCKET}/page").having(origin="https://ours.example")
    url = Signer(target.owner, "s3").in_query(page)
    assert url.send().headers["access-control-allow-origin"] == "https://ours.example"
    assert "access-control-allow-origin" not in url.having(origin="https://evil.example").send().headers
    asking = Attempt(target.port, "OPTIONS", f"/{BUCKET}/page").having(access_control_request_method="PUT")
    allowed = asking.having(origin="https://ours.example").send()
    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (200, "https://ours.example")
    assert asking.having(origin="https://evil.example").send().status == 403


def test_our_own_commands_want_the_token_and_no_page(target: Target) -> None:
    running = StateFolder(target.aws.state_folder).read()
    assert running is not None
    for path in (HANDSHAKE_PATH, HOLDINGS_PATH, LEDGER_PATH, EVALUATE_PATH, "/_local-aws/", "/_local-aws/x"):
        for token in ("", "x", running.token[:-1], running.token + "x"):
            assert Attempt(target.port, "POST", path).having(**{TOKEN_HEADER: token}).send().status == 403
    for path in (IDENTITY_PATH, LEDGER_PATH):
        asked = Attempt(target.port, target=path).having(**{TOKEN_HEADER: running.token})
        assert asked.send().status == 200
        assert asked.having(origin="http://localhost").send().status == 403


def test_advisories_are_public_but_to_pages(target: Target) -> None:
    asked = Attempt(target.port, target="/_advisories/v1/vulns/PYSEC-2019-217")
    assert asked.send().status == 200
    assert asked.having(origin="http://localhost").send().status == 404
    assert Attempt(target.port, target="/_advisoriesx").send().status == 404


@pytest.mark.parametrize("which", [0, 1])
def test_websockets_are_closed(target: Target, which: int) -> None:
    port = target.ports[which]
    for path in ("/", "/_aws/execute-api/a/b", "/mqtt", "/_local-aws/identity"):
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-key": key}
        asked = Attempt(port, target=path, headers={**upgrade, "sec-websocket-version": "13"})
        assert asked.send().status == 403


ODD = [
    b"GET /\xff\xfe HTTP/1.1\r\nHost: {}\r\n\r\n",
    b"GET /%ff%fe?%ff=%fe HTTP/1.1\r\nHost: {}\r\n\r\n",
    b"GET /%00%0d%0aX:1 HTTP/1.1\r\nHost: {}\r\n\r\n",
    b"GET x HTTP/1.1\r\nHost: {}\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {}\r\nHost: {}\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/0.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {}\r\nX-Amz-Date: \xff\r\nAuthorization: \x80\xff\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {}\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


@pytest.mark.parametrize("sent", ODD)
def test_odd_bytes_get_nothing_and_do_nothing(target: Target, sent: bytes) -> None:
    for port in target.ports:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(sent.replace(b"{}", f"127.0.0.1:{port}".encode()))
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(1000)
        is_balancers = port == target.balancer_port and b"awselb" in answer
        assert not answer or answer[9:10] == b"4" or is_balancers, answer
    assert Attempt(target.balancer_port).send().body == b"balanced"


def test_another_protocol_is_refused(target: Target) -> None:
    answer = Attempt(target.port, target="http://127.0.0.1/").send()
    assert answer.status == 400
    for port in target.ports:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.connect()
        connection.sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        assert b"HTTP/1.1 200" not in connection.sock.recv(1000)
        connection.close()
