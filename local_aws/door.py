"""The door of the embedded AWS: what comes in, under whose name, and what is turned away.

Every request to the API must be signed with a key that was given out here. MiniStack takes ``test``, keys of twelve
digits and requests without any signature for the account's root; from outside they are unknown keys, as on AWS.
"""

import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from local_aws.ministack import application, objects
from local_aws.ministack.application import Answer, Headers, Query
from local_aws.state.database import NotKeptError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_INTERNAL = ("/_ministack", "/_localstack", "/_aws", "/health", "/iceberg")
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING = re.compile(r"BatchGet|Describe|Filter|Get(?!SessionToken|FederationToken)|List|PutLogEvents")
"""Operations that change no state; events are on disk by themselves."""
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_WHERE_THE_ACTION_STANDS = 4096
"""Bytes of a request's body: all clients name the action of a Query request at its beginning."""
_UNKNOWN_KEY = "The security token included in the request is invalid."
_NO_KEY = "Request is missing Authentication Token"

_LOGGER = logging.getLogger("local_aws")


class Door:
    """The ASGI application that clients talk to.

    ``own_key`` is the one root key that is let in: this process's own. ``commands`` answer our own paths by (path,
    headers, query, body), and ``registry_refusal`` decides on the registry's. ``settled`` is waited for before the
    answer to a success goes out, with the service that was asked and whether something may have changed; its
    ``NotKeptError`` is answered instead.
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
        return await self._work_on(
            "ecr", scope, receive, send, lambda: scope["method"] not in _READING_METHODS, _registry_failure
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
        beginning = bytearray()
        return await self._work_on(
            service,
            scope,
            _noting(receive, beginning),
            send,
            lambda: _may_change(method, headers, query, bytes(beginning)),
            lambda message: application.failure(service, message, str(uuid.uuid4()), headers),
        )

    async def _work_on(
        self,
        service: str,
        scope: Scope,
        receive: Receive,
        send: Send,
        may_change: Callable[[], bool],
        failure: Callable[[str], Answer],
    ) -> None:
        """Have the request answered; where what it changed can't be kept, the answer is ``failure`` of a sentence."""
        objects.begin_request()
        failed = False

        async def settle_then_send(message: MutableMapping[str, Any]) -> None:
            nonlocal failed
            if message["type"] == "http.response.start" and message["status"] < HTTPStatus.BAD_REQUEST:
                try:
                    await self._settled(service, may_change())
                except NotKeptError as error:
                    failed = True
                    return await _send(send, failure(str(error)))
            return None if failed else await send(message)

        await self._inner(scope, receive, settle_then_send)


def _may_change(method: str, headers: Headers, query: Query, beginning: bytes) -> bool:
    """Tell whether a request may change state, by its method, or by its operation where its protocol names one."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2] or next(iter(query.get("Action", [])), "")
    found = None if operation else _ACTION.search(beginning)
    operation = found[1].decode() if found else operation
    return not _READING.match(operation) if operation else method not in _READING_METHODS


def _registry_failure(message: str) -> Answer:
    """Word a failure as registries do: https://distribution.github.io/distribution/spec/api/#errors."""
    return json_answer(HTTPStatus.SERVICE_UNAVAILABLE, {"errors": [{"code": "UNAVAILABLE", "message": message}]})


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


def _noting(receive: Receive, beginning: bytearray) -> Receive:
    async def receive_and_note() -> MutableMapping[str, Any]:
        message = await receive()
        if not beginning:
            beginning.extend(message.get("body", b"")[:_WHERE_THE_ACTION_STANDS])
        return message

    return receive_and_note


async def _send(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    encoded.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def json_answer(status: int, members: object) -> Answer:
    """Give an answer with a JSON body."""
    return status, {"Content-Type": "application/json"}, json.dumps(members).encode()
