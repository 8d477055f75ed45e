"""Servers that are no AWS, or a broken one: each kind of ``KINDS`` spoils the answers of an endpoint in its own way."""

import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Serve = Callable[[socket.socket], None]
"""Spoils the answer to the request that was read from the connection."""

IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:iam::000000000000:user/deployer</Arn><UserId>AIDA</UserId><Account>000000000000</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
HTML = b"<!DOCTYPE html>\n<html><body><p>Sign in to the network<br></body></html>"
OTHER_XML = (
    b'<?xml version="1.0"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets/>'
    b"</ListAllMyBucketsResult>"
)


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def _sends(content: bytes) -> Serve:
    return lambda connection: connection.sendall(content)


def _nothing(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)  # until the client, or the end of the test, closes it


def _drip(connection: socket.socket) -> None:
    with suppress(OSError):
        for byte in http(IDENTITY * 10):
            connection.sendall(bytes([byte]))
            connection.settimeout(0.3)
            with suppress(TimeoutError):
                if not connection.recv(1):
                    return


def _reset(connection: socket.socket) -> None:
    connection.sendall(http(IDENTITY[:60], length=len(IDENTITY)))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


KINDS: dict[str, Serve] = {
    "html": _sends(http(HTML, "200 OK", "Content-Type: text/html; charset=utf-8")),
    "html-404": _sends(http(HTML, "404 Not Found", "Content-Type: text/html")),
    "redirect": _sends(http(b"", "302 Found", "Location: http://login.example/?next=aws")),
    "redirect-to-itself": _sends(http(HTML, "301 Moved Permanently", "Location: /")),
    "other-xml": _sends(http(OTHER_XML, "200 OK", "Content-Type: application/xml")),
    "broken-json": _sends(http(b'{"pipeline": {"name": ', "200 OK", "Content-Type: application/x-amz-json-1.1")),
    "json-list": _sends(http(b"[1, 2]", "200 OK", "Content-Type: application/json")),
    "json-without-members": _sends(http(b"{}", "200 OK", "Content-Type: application/x-amz-json-1.1")),
    "json-error-without-members": _sends(http(b'{"__type": 7}', "400 Bad Request")),
    "empty": _sends(http(b"")),
    "too-long-a-length": _sends(http(IDENTITY, length=len(IDENTITY) + 100)),
    "too-short-a-length": _sends(http(IDENTITY, length=100)),
    "half": _sends(http(IDENTITY)[:-80]),
    "half-a-head": _sends(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "garbage": _sends(bytes(range(256)) * 4),
    "garbage-in-a-body": _sends(http(bytes(range(256)))),
    "escape-sequences": _sends(http(b"\x1b]0;owned\x07\x1b[2Jgone", "403 Forbidden")),
    "nothing": _nothing,
    "drip": _drip,
    "reset": _reset,
    "closed": lambda _connection: None,
    "errors": _sends(http(b"", "500 Internal Server Error")),
    "error-pages": _sends(http(HTML, "503 Service Unavailable", "Content-Type: text/html")),
}
"""What is sent in answer to a request; the connection is closed afterwards."""


@dataclass
class BadEndpoint:
    address: str
    requests: list[str] = field(default_factory=list)
    """The start line of each request so far."""


def _read(connection: socket.socket) -> tuple[str, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return "", b""
        received += part
        if not received[:1].isalpha():
            return "no HTTP", received
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return head.partition(b"\r\n")[0].decode(errors="replace"), body


@contextmanager
def bad_endpoint(
    serve: Serve, *, knows_callers: bool = False, certificate: Path | None = None
) -> Iterator[BadEndpoint]:
    """Serve on a port of its own; with ``knows_callers``, GetCallerIdentity is answered as it should be."""
    listening = socket.create_server(("127.0.0.1", 0))
    endpoint = BadEndpoint(f"http://127.0.0.1:{listening.getsockname()[1]}")
    opened: list[socket.socket] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate is not None:
        context.load_cert_chain(certificate)

    def answer(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            served = context.wrap_socket(connection, server_side=True) if certificate is not None else connection
            line, body = _read(served)
            endpoint.requests.append(line)
            if knows_callers and b"Action=GetCallerIdentity" in body:
                served.sendall(http(IDENTITY))
            elif line:
                serve(served)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                opened.append(connection)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in opened:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()


def self_signed(folder: Path) -> Path:
    """Make a certificate that nobody trusts, with its key in the same file."""
    path = folder / "certificate.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*words, "-keyout", path, "-out", folder / "public.pem"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "public.pem").read_bytes())
    return path


def refusing() -> str:
    """Return an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
