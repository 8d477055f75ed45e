"""Reads a request of a client of the engine strictly, so that the engine reads it in no other way."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, quote, urlencode

REQUEST = re.compile(rb"(GET|HEAD|POST|PUT|DELETE) (/[!-~]*) HTTP/1\.1\r\n")
HEADER = re.compile(rb"([A-Za-z0-9-]{1,64}):[ \t]*([^\r\n\0]*)\r\n")
PATH = re.compile(r"(/v1\.\d{1,3})?((?:/[A-Za-z0-9_][A-Za-z0-9._:@+-]*)+)")
"""No escapes, no empty name, no name that begins with a dot: such a path means one thing."""
_LENGTH = re.compile(r"\d{1,18}")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]*)?\r\n")
LONGEST_LINE, MOST_HEADERS, LONGEST_JSON, BLOCK = 1 << 16, 100, 1 << 22, 1 << 16
OF_THE_CONNECTION = ("connection", "keep-alive", "expect", "te", "trailer", "upgrade", "transfer-encoding", "host")


class UnreadableError(Exception):
    """A request that is not read; the engine never sees it."""


@dataclass
class Request:
    """A request: ``path`` without the API's version, which is in ``version``; ``body`` is what is still to be read."""

    method: str
    version: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: Iterator[bytes]
    content: bytes | None = None
    """What the engine gets in place of ``body``."""
    switches: bool = False
    """Whether the connection may speak another protocol from now on."""

    @property
    def upgrade(self) -> str:
        """That protocol, or nothing."""
        return self.headers.get("upgrade", "") if self.switches else ""

    @property
    def chunked(self) -> bool:
        """Whether the body is of a length that nobody knows yet."""
        return self.content is None and "transfer-encoding" in self.headers

    def parameter(self, name: str) -> str:
        """Return a parameter of the query; raises ``UnreadableError`` for one that is there twice."""
        found = [value for key, value in self.query if key == name]
        if len(found) > 1:
            raise UnreadableError(f"{name} is there twice")
        return found[0] if found else ""

    def json(self) -> dict[str, Any]:
        """Read the body as a JSON object; ``send`` replaces it."""
        content = b""
        for part in self.body:
            content += part
            if len(content) > LONGEST_JSON:
                raise UnreadableError("the request is too long")
        try:
            found = json.loads(content or b"{}")
        except ValueError as error:
            raise UnreadableError(f"the request is not JSON: {error}") from error
        if not isinstance(found, dict):
            raise UnreadableError("the request is not a JSON object")
        return found

    def send(self, body: object) -> None:
        """Make ``body`` what the engine gets."""
        self.content = json.dumps(body).encode()

    def switch(self) -> None:
        """Let the connection speak another protocol, once the request as a whole is with the engine."""
        self.switches = True
        self.content = b"".join(self.body)[:LONGEST_JSON]

    def head(self) -> bytes:
        """Return request line and headers as the engine gets them; then comes ``content``, or ``body``."""
        target = f"{self.version}{quote(self.path, safe='/:@+')}"
        lines = [f"{self.method} {target}?{urlencode(self.query)} HTTP/1.1", "Host: docker"]
        dropped = (*OF_THE_CONNECTION, "content-length")
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name not in dropped]
        lines += [f"Connection: Upgrade\r\nUpgrade: {self.upgrade}"] if self.upgrade else ["Connection: close"]
        length = self.headers.get("content-length", "0") if self.content is None else len(self.content)
        lines += ["Transfer-Encoding: chunked"] if self.chunked else [f"Content-Length: {length}"]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")


def read(stream: BinaryIO) -> Request | None:
    """Read a request; None when the client has nothing more to say."""
    first = stream.readline(LONGEST_LINE)
    if not first:
        return None
    line = REQUEST.fullmatch(first)
    if line is None:
        raise UnreadableError("no request line of HTTP/1.1")
    target, _, query = line[2].decode("ascii").partition("?")
    path = PATH.fullmatch(target)
    if path is None:
        raise UnreadableError(f"the path {target} is not read")
    headers = dict(_headers(stream))
    pairs = parse_qsl(query, keep_blank_values=True, separator="&", max_num_fields=MOST_HEADERS)
    return Request(line[1].decode(), path[1] or "", path[2], pairs, headers, _body(stream, headers))


def _headers(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    seen = set()
    for _ in range(MOST_HEADERS):
        line = stream.readline(LONGEST_LINE)
        if line == b"\r\n":
            return
        header = HEADER.fullmatch(line)
        name = header[1].decode().lower() if header else ""
        if header is None or name in seen:
            raise UnreadableError("a header can't be read, or is there twice")
        seen.add(name)
        yield name, header[2].decode("latin-1").rstrip()
    raise UnreadableError("too many headers")


def _body(stream: BinaryIO, headers: Mapping[str, str]) -> Iterator[bytes]:
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None and (coding.lower() != "chunked" or length is not None):
        raise UnreadableError("the length of the request is not clear")
    if coding is not None:
        return _chunks(stream)
    if length is not None and not _LENGTH.fullmatch(length):
        raise UnreadableError("the length of the request is not a number")
    return _exactly(stream, int(length or 0))


def _exactly(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length:
        part = stream.read(min(length, BLOCK))
        if not part:
            raise UnreadableError("the request ends too early")
        length -= len(part)
        yield part


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while True:
        size = CHUNK_SIZE.fullmatch(stream.readline(LONGEST_LINE))
        if size is None:
            raise UnreadableError("the request has no length where one must be")
        length = int(size[1], 16)
        yield from _exactly(stream, length)
        if stream.readline(LONGEST_LINE) != b"\r\n":
            raise UnreadableError("the request has trailers, or ends too early")
        if not length:
            return
