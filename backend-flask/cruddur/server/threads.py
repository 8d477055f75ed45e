"""The WSGI application behind the event loop: a thread gets a request when all of it is here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final

from cruddur.api.busy import IS_BUSY
from cruddur.server.environ import environ_of
from cruddur.server.limits import THREAD_SECONDS
from cruddur.server.refusals import Headers
from cruddur.server.turns import Turns

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Answer = tuple[int, Headers, bytes]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_SERVER: Final = (b"server", b"cruddur")


class ThreadedApplication:
    """An ASGI application that answers with a WSGI one.

    The answers to `immediate_path` are made on the event loop itself: no number of busy threads delays them;
    and so is the application's answer to whoever comes when all turns are taken.
    """

    def __init__(
        self,
        application: WsgiApplication,
        threads: int,
        largest_body: int,
        immediate_path: str,
        slow_paths: Mapping[str, Turns],
    ) -> None:
        """`largest_body` is in bytes; of a larger one the application sees the beginning, and its length.

        What is asked for at one of `slow_paths` also needs a turn of that path, and waits for it without a
        thread.
        """
        self._application = application
        self._largest_body = largest_body
        self._immediate_path = immediate_path
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._turns = Turns(threads, THREAD_SECONDS)
        self._slow_paths = slow_paths

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers one request; returns without an answer when the client has left."""
        body, is_all = await self._read(scope, receive)
        if body is None:
            return
        # What is too large is refused by the application, as it also knows who may send at all.
        length = len(body) if is_all else max(_content_length(scope), len(body))
        environ = environ_of(scope, bytes(body), length)
        if scope["path"] == self._immediate_path:
            status, headers, answer = self._run(environ)
        else:
            status, headers, answer = await self._in_a_thread(environ)
        await send({"type": "http.response.start", "status": status, "headers": [*headers, _SERVER]})
        await send({"type": "http.response.body", "body": answer})
        while not is_all:
            # Closing a connection with something unread on it would lose the answer.
            message = await receive()
            is_all = not message.get("more_body")

    async def _read(self, scope: Mapping[str, Any], receive: Receive) -> tuple[bytearray | None, bool]:
        """The body, more than is allowed of it, or None without a client; and whether that is all of it."""
        body = bytearray()
        is_all = False
        if _content_length(scope) > self._largest_body:
            return body, is_all
        while not is_all and len(body) <= self._largest_body:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None, True
            body += message["body"]
            is_all = not message["more_body"]
        return body, is_all

    async def _in_a_thread(self, environ: dict[str, Any]) -> Answer:
        slow = self._slow_paths.get(environ["PATH_INFO"])
        with ExitStack() as begun:
            for turns in [slow, self._turns] if slow else [self._turns]:
                if not await turns.begin():
                    return self._run(environ | {IS_BUSY: True})
                begun.callback(turns.end)
            future = asyncio.get_running_loop().run_in_executor(self._threads, self._run, environ)
            # A client that leaves cancels this, but the turns end only when the thread is done.
            ends = begun.pop_all()
        future.add_done_callback(lambda _: ends.close())
        return await asyncio.shield(future)

    def _run(self, environ: dict[str, Any]) -> Answer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            begun[:] = [(status, headers)]

        parts = self._application(environ, start_response)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        ((status, headers),) = begun
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return int(status.partition(" ")[0]), encoded, body


def _content_length(scope: Mapping[str, Any]) -> int:
    # The server has checked that it is there once at most, and a number.
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)
