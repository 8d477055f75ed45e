"""A load balancer's request to a target: to another one where the first can't be reached.

A target that is about to end gets no new requests on AWS. Here one may be gone, with its container, before anybody can
know; so a request that never reached it goes to the next. One that it may have begun to work on does so only where that
changes nothing: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
"""

import asyncio
import http.client
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

_SECONDS_TO_CONNECT = 1.0
"""All targets are on this machine."""
_SECONDS_TO_ANSWER = 60.0
"""The idle timeout of a load balancer:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html"""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OF_ONE_CONNECTION = frozenset({"connection", "content-length", "transfer-encoding"})
_CHUNK = 65_536

Target = tuple[str, int]
"""A host and a port."""
Headers = dict[str, str | list[str]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Pass = Callable[[Send, Receive], Awaitable[None]]
"""Passes a body on, given ASGI's ``send`` and ``receive``."""


@dataclass(frozen=True)
class Request:
    """What a target is asked; ``path`` with its query, as it was received."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class _NoAnswerError(Exception):
    """A target gave none; ``reached`` where it may have got the request."""

    def __init__(self, target: Target, error: Exception, *, reached: bool) -> None:
        super().__init__(f"Target {target[0]}:{target[1]}: {error or type(error).__name__}")
        self.reached = reached


async def forward(targets: Sequence[Target], request: Request) -> tuple[int, Headers, Pass] | str:
    """Return the answer of the first target that has one, as status, headers and body; or why there is none."""
    reason = "There is no target"
    for target in targets:
        try:
            return await _asked(target, request)
        except _NoAnswerError as error:
            reason = str(error)
            if error.reached and request.method.upper() not in _SAFE:
                break
    return reason


async def _asked(target: Target, request: Request) -> tuple[int, Headers, Pass]:
    connection = http.client.HTTPConnection(*target, timeout=_SECONDS_TO_CONNECT)
    try:
        response = await asyncio.to_thread(_answer, connection, target, request)
    except BaseException:
        # Whoever asked may be gone: this ends what the thread waits for.
        _cut(connection)
        raise
    headers: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        headers.setdefault(name.lower(), []).append(value)
    shown: Headers = {name: values[0] if len(values) == 1 else values for name, values in headers.items()}

    async def pass_on(send: Send, receive: Receive) -> None:
        await _pass_on(connection, response, send, receive)

    # A load balancer writes a date of its own.
    return response.status, {**shown, "date": formatdate(usegmt=True)}, pass_on


def _answer(connection: http.client.HTTPConnection, target: Target, request: Request) -> http.client.HTTPResponse:
    try:
        connection.connect()
    except OSError as error:
        raise _NoAnswerError(target, error, reached=False) from error
    try:
        connection.sock.settimeout(_SECONDS_TO_ANSWER)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OF_ONE_CONNECTION}
        connection.request(request.method.upper(), request.path, body=request.body or None, headers=headers)
        return connection.getresponse()
    except (OSError, ValueError, http.client.HTTPException) as error:
        connection.close()
        raise _NoAnswerError(target, error, reached=True) from error


async def _pass_on(
    connection: http.client.HTTPConnection, response: http.client.HTTPResponse, send: Send, receive: Receive
) -> None:
    """Send the body as it comes; the end of one that breaks off is left out, which tells the client."""
    left = asyncio.ensure_future(_disconnected(receive))
    try:
        while True:
            reading = asyncio.ensure_future(asyncio.to_thread(response.read1, _CHUNK))
            await asyncio.wait({reading, left}, return_when=asyncio.FIRST_COMPLETED)
            if left.done():
                return
            chunk = reading.result()
            if not chunk:
                if not response.length:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except (OSError, http.client.HTTPException):
        return
    finally:
        left.cancel()
        _cut(connection)


async def _disconnected(receive: Receive) -> None:
    while (await receive()).get("type") != "http.disconnect":
        pass


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(2)
    connection.close()
