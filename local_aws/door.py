"""The door of the embedded AWS: what comes in, under whose name, and what is turned away.

Every request to the API must be signed with a key that was given out here. MiniStack takes ``test``, keys of twelve
digits and requests without any signature for the account's root; from outside they are unknown keys, as on AWS.
"""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from local_aws.ministack import application
from local_aws.ministack.application import Answer, Headers, Query

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_INTERNAL = ("/_ministack", "/_localstack", "/_aws", "/health", "/iceberg")
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING_OPERATIONS = ("BatchGet", "Describe", "Filter", "Get", "List")
_UNKNOWN_KEY = "The security token included in the request is invalid."
_NO_KEY = "Request is missing Authentication Token"

_LOGGER = logging.getLogger("local_aws")


class Door:
    """The ASGI application that clients talk to.

    ``own_key`` is the one root key that is let in: this process's own. ``commands`` answer our own paths by (path,
    headers, query, body), and ``registry_refusal`` decides on the registry's. ``settled`` hears, before each answer
    goes out, which service was asked and whether its state may have changed.
    """

    def __init__(
        self,
        inner: Application,
        *,
        own_key: str,
        commands: Callable[[str, Headers, Query, bytes], Awaitable[Answer | None]],
        registry_refusal: Callable[[str, str, Headers], Answer | None],
        settled: Callable[[str, bool], Awaitable[None]],
    ) -> None:
        self._inner = inner
        self._own_key = own_key
        self._commands = commands
        self._registry_refusal = registry_refusal
        self._settled = settled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = _headers(scope), str(scope["path"])
        if path.startswith("/_local-aws"):
            answer = await self._commands(path, headers, _query(scope), await _body(receive))
            return await _send(send, answer or (404, {}, b""))
        if application.is_load_balancer_request(headers.get("host", ""), path) and "authorization" not in headers:
            return await self._inner(scope, receive, send)
        if application.is_registry_request(path):
            return await self._registry(scope, receive, send, headers)
        return await self._guarded(scope, receive, send, headers)

    async def _registry(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        refusal = self._registry_refusal(str(scope["method"]), str(scope["path"]), headers)
        if refusal is not None:
            await _body(receive)
            return await _send(send, refusal)
        return await self._inner(
            scope, receive, _settling(send, lambda: self._settled("ecr", scope["method"] not in _READING_METHODS))
        )

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        method, path = str(scope["method"]), str(scope["path"])
        query = _query(scope)
        if path.startswith(_INTERNAL):
            return await _send(send, (404, {"Content-Type": "application/json"}, b'{"message": "Not Found"}'))
        key = application.access_key_of(headers, query)
        # Of two signatures, one could be looked at here and the other one behind the door.
        signatures = sum(name.lower() == b"authorization" for name, _value in scope["headers"])
        if signatures > 1 or (key != self._own_key and application.is_root_key(key)):
            return await _send(send, _refused(key, method, path, headers, query))
        service = application.service_of(method, path, headers, b"", query)
        scope = {**scope, "headers": [*_without_scheme(scope["headers"]), (b"x-forwarded-proto", b"https")]}
        return await self._inner(
            scope, receive, _settling(send, lambda: self._settled(service, _may_change(method, headers)))
        )


def _may_change(method: str, headers: Headers) -> bool:
    """Tell whether a request may change state; one of the Query protocol, whose action stands in its body, may."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    return method not in _READING_METHODS and not operation.startswith(_READING_OPERATIONS)


def _refused(key: str, method: str, path: str, headers: Headers, query: Query) -> Answer:
    service = application.service_of(method, path, headers, b"", query)
    code, message = ("InvalidClientTokenId", _UNKNOWN_KEY) if key else ("MissingAuthenticationToken", _NO_KEY)
    _LOGGER.warning("Refused %s %s (%s): %s", method, path, service, "an unknown key" if key else "unsigned")
    return application.credential_refusal(service, code, message, str(uuid.uuid4()), headers)


def _headers(scope: Scope) -> Headers:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _query(scope: Scope) -> Query:
    return parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)


def _without_scheme(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() != b"x-forwarded-proto"]


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(parts)


def _settling(send: Send, settled: Callable[[], Awaitable[None]]) -> Send:
    async def settle_then_send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            await settled()
        await send(message)

    return settle_then_send


async def _send(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    encoded.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def json_answer(status: int, members: object) -> Answer:
    """Give an answer with a JSON body."""
    return status, {"Content-Type": "application/json"}, json.dumps(members).encode()
