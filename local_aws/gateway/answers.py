"""Answers as ASGI sends them: whole, from a file, and to a client that was refused while it still sends."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.ministack.adapter import Answer, Headers

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_PART = 1 << 18
_SECONDS_TO_HEAR = 1.0
"""How long what a refused client still sends is thrown away, so that it comes to read why it was refused."""


@dataclass(frozen=True)
class FileAnswer:
    """An answer whose body is a file."""

    status: int
    headers: Headers
    path: Path


def json_answer(status: int, members: object) -> Answer:
    """Make an answer with a JSON body."""
    return int(status), {"Content-Type": "application/json"}, json.dumps(members).encode()


async def send_answer(send: Send, answer: Answer | FileAnswer) -> None:
    """Send an answer whose request was read."""
    if isinstance(answer, FileAnswer):
        return await _send_file(send, answer)
    status, headers, body = answer
    await send(_start(status, headers, len(body)))
    return await send({"type": "http.response.body", "body": body})


async def send_refusal(send: Send, receive: Receive, answer: Answer) -> None:
    """Send an answer to a request whose body was not read, and is not going to be; then the connection ends."""
    status, headers, body = answer
    await send(_start(status, {**headers, "Connection": "close"}, len(body)))
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS_TO_HEAR):
            while (await receive()).get("more_body", False):
                """Throw it away."""
    await send({"type": "http.response.body", "body": b""})


async def _send_file(send: Send, answer: FileAnswer) -> None:
    with answer.path.open("rb") as file:
        await send(_start(answer.status, answer.headers, answer.path.stat().st_size))
        while part := file.read(_PART):
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _start(status: int, headers: Headers, length: int) -> MutableMapping[str, Any]:
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if "content-length" not in {name.lower() for name in headers}:
        encoded.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": status, "headers": encoded}
