"""An HTTP request without its body, as the door reads it from ASGI.

It costs nothing, whatever a stranger sends: a long header is looked at once.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, parse_qsl


@dataclass(frozen=True)
class Request:
    """``path`` is decoded, ``raw_path`` as it was sent, both without the query.

    ``headers`` have names in lower case, and the values of a header that came more than once joined by a comma;
    ``repeated`` names those headers.
    """

    method: str
    path: str
    raw_path: str
    query_string: str
    headers: Mapping[str, str]
    repeated: frozenset[str]

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """The query's names and values, decoded, in their order."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name."""
        return parse_qs(self.query_string, keep_blank_values=True)

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return f"{self.raw_path}?{self.query_string}" if self.query_string else self.raw_path

    @property
    def host(self) -> str:
        """The Host header in lower case; empty where there is none."""
        return self.headers.get("host", "").lower()

    @property
    def content_length(self) -> int | None:
        """The declared length of the body in bytes; None where none is declared."""
        declared = self.headers.get("content-length", "").strip()
        if declared.isascii() and declared.isdigit():
            return int(declared)
        return None if "transfer-encoding" in self.headers else 0


def request_of(scope: Mapping[str, Any]) -> Request:
    """Read an ASGI scope of type ``http``."""
    pairs = [(name.decode("latin-1").lower(), _text(value)) for name, value in scope["headers"]]
    headers: dict[str, str] = {}
    for name, value in pairs:
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    counts = Counter(name for name, _value in pairs)
    return Request(
        method=str(scope["method"]),
        path=str(scope["path"]),
        raw_path=bytes(scope.get("raw_path") or b"").decode("latin-1"),
        query_string=bytes(scope.get("query_string", b"")).decode("utf-8", "replace"),
        headers=headers,
        repeated=frozenset(name for name, count in counts.items() if count > 1),
    )


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING = re.compile(r"BatchGet|Describe|Filter|Get(?!SessionToken|FederationToken)|List|PutLogEvents")
"""Operations that change no state; events are on disk by themselves."""
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
WHERE_THE_ACTION_STANDS = 4096
"""Bytes of a request's body: all clients name the action of a Query request at its beginning."""


def may_change(request: Request, beginning: bytes) -> bool:
    """Return whether a request may change state, by its method, or by its operation where its protocol names one."""
    operation = request.headers.get("x-amz-target", "").rpartition(".")[2] or request.query.get("Action", [""])[0]
    found = None if operation else _ACTION.search(beginning)
    operation = found[1].decode() if found else operation
    return not _READING.match(operation) if operation else request.method not in READING_METHODS


_LONGEST = 64


def service_and_operation(request: Request) -> tuple[str, str]:
    """Return a service that speaks the protocol of the request, and the operation it names, such as ``ListUsers``."""
    target = request.headers.get("x-amz-target", "")
    if target:
        return "ssm", _word(target.rpartition(".")[2])
    action = request.query.get("Action", [""])[0]
    if action or request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return "sts", _word(action) or request.method
    return "s3", request.method


def _word(text: str) -> str:
    return "".join(sign for sign in text[:_LONGEST] if sign.isalnum())
