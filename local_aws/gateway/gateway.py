"""The door of the embedded AWS: the only way in, closed to all that is not named here.

Open to anyone who says a Host of ours, each for its reason:

- ``GET /_local-aws/identity``: which folder this process serves; a start asks it before it knows any secret.
- ``/_advisories/``: what is known to be vulnerable is public; a build's tools ask without credentials.
- OPTIONS on a bucket that has CORS rules: browsers ask so, unsigned, before they send what is signed.
- PUT to the URL of a wait condition's handle: the token in it is a secret, as the signature in AWS's URL is.

Everything else shows a secret: the signature of a key that was given out here, the registry's password, the token of a
task, or that of ``bin/local-aws``. MiniStack has a second door behind this one (``ministack/inner_door.py``).
"""

import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from local_aws.gateway import bodies
from local_aws.gateway.answers import FileAnswer, Receive, Send, json_answer, send_answer, send_refusal
from local_aws.gateway.authentication import SecretOf, check_with_body, claim_of
from local_aws.gateway.bodies import LARGEST_COMMAND, Body, BodyError, DisconnectedError, Limit, limit_of
from local_aws.gateway.hosts import ApiHosts
from local_aws.gateway.request import (
    READING_METHODS,
    WHERE_THE_ACTION_STANDS,
    Request,
    may_change,
    request_of,
    service_and_operation,
)
from local_aws.gateway.signal_urls import take_signal
from local_aws.gateway.signatures import SignatureError
from local_aws.ministack import adapter, inner_door
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.s3 import objects
from local_aws.services.ecr.access import is_registry_path, registry_error
from local_aws.services.ecs.credentials import TaskCredentials
from local_aws.state.database import NotKeptError, not_written

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_OWN = "/_"
"""Where no service of AWS has a path, nor a bucket: MiniStack's own paths, and those of ``bin/local-aws``."""

_MALFORMED = frozenset({"AuthorizationQueryParametersError", "InvalidRequest", "XAmzContentSHA256Mismatch"})
"""What AWS answers with 400: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

_LOGGER = logging.getLogger("local_aws")


class Registry(Protocol):
    """What answers below ``/v2/``: refuses by the headers alone, then answers."""

    def refusal(self, request: Request) -> Answer | None:
        """Return the refusal; None where the request may go on."""

    async def answer(self, request: Request, receive: Receive) -> Answer | FileAnswer:
        """Answer."""


@dataclass(frozen=True)
class Rules:
    """What decides: the hosts that are ours, the secrets of keys, our own paths and the registry.

    ``may_command`` judges a request for one of our own paths by its headers; ``commands`` answer it by (path, headers,
    query, body). ``refused`` hears of requests without a principal. ``settled`` is waited for before the answer to a
    success goes out, with the service that was asked and whether something may have changed; its ``NotKeptError`` is
    answered instead. Large bodies wait in ``folder``.
    """

    hosts: ApiHosts
    secret_of: SecretOf
    may_command: Callable[[Request], Answer | None]
    commands: Callable[[str, Headers, Query, bytes], Awaitable[Answer | None]]
    registry: Registry
    tasks: TaskCredentials
    refused: inner_door.Refused
    settled: Callable[[str, bool], Awaitable[None]]
    folder: Path


class Door:
    """The ASGI application that clients talk to, before ``inner``."""

    def __init__(self, inner: Application, rules: Rules) -> None:
        self._inner = inner
        self._rules = rules

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
        request = request_of(scope)
        refusal = self._malformed(scope, request)
        if refusal is not None:
            return await send_refusal(send, receive, refusal)
        try:
            if request.path.startswith(_OWN):
                await self._command(request, receive, send)
            elif self._rules.tasks.is_ours(request.path):
                await send_refusal(send, receive, await self._rules.tasks.answer(request))
            elif is_registry_path(request.path):
                await self._registry(request, receive, send)
            elif request.method == "OPTIONS":
                await self._preflight(request, receive, send)
            else:
                await self._guarded(scope, request, receive, send)
        except BodyError as error:
            await send_refusal(send, receive, _body_refusal(request, error))
        except OSError as error:
            failure = BodyError(503, "ServiceUnavailable", self._unwritten(error))
            await send_refusal(send, receive, _body_refusal(request, failure))
        except DisconnectedError:
            """Nobody is there to be answered."""
        return None

    def _malformed(self, scope: Scope, request: Request) -> Answer | None:
        """Refuse what no client of ours sends, before anything else is looked at."""
        if not self._rules.hosts.serve(request.host):
            _LOGGER.warning("Refused %s %s: the host %s is not one of ours", request.method, request.path, request.host)
            message = (
                f"The host '{request.host}' is not one of this server's: see docs/local-aws.md, Ports and security."
            )
            return json_answer(HTTPStatus.MISDIRECTED_REQUEST, {"message": message})
        if scope["http_version"] not in {"1.0", "1.1"} or not request.raw_path.startswith("/") or "#" in request.target:
            return json_answer(HTTPStatus.BAD_REQUEST, {"message": "The request line is not HTTP/1.1 with a path."})
        return None

    async def _command(self, request: Request, receive: Receive, send: Send) -> None:
        answer = await take_signal(request, receive, self._rules.settled)
        if answer is not None:
            return await send_answer(send, answer)
        refusal = self._rules.may_command(request)
        if refusal is not None:
            return await send_refusal(send, receive, refusal)
        body = await bodies.read(receive, request.content_length, Limit(LARGEST_COMMAND))
        headers = dict(request.headers)
        answer = await self._rules.commands(request.path, headers, request.query, bytes(body.content))
        return await send_answer(send, answer or json_answer(HTTPStatus.NOT_FOUND, {"message": "Not Found"}))

    async def _registry(self, request: Request, receive: Receive, send: Send) -> None:
        refusal = self._rules.registry.refusal(request)
        if refusal is not None:
            return await send_refusal(send, receive, refusal)
        try:
            answer = await self._rules.registry.answer(request, receive)
            await self._rules.settled("ecr", request.method not in READING_METHODS)
        except BodyError as error:
            return await send_refusal(send, receive, registry_error(error.status, "SIZE_INVALID", error.message))
        except (NotKeptError, OSError) as error:
            return await send_refusal(send, receive, registry_error(503, "UNAVAILABLE", self._unwritten(error)))
        return await send_answer(send, answer)

    async def _preflight(self, request: Request, receive: Receive, send: Send) -> None:
        answer = inner_door.preflight(request.host, request.path, dict(request.headers))
        forbidden = json_answer(HTTPStatus.FORBIDDEN, {"message": "Only a bucket answers OPTIONS."})
        return await send_refusal(send, receive, answer or forbidden)

    async def _guarded(self, scope: Scope, request: Request, receive: Receive, send: Send) -> None:
        headers = dict(request.headers)
        try:
            claim = claim_of(request, self._rules.secret_of)
        except SignatureError as error:
            return await send_refusal(send, receive, self._unauthenticated(request, error))
        service = adapter.service_of(request.method, request.path, headers, b"", request.query)
        body = await bodies.read(receive, request.content_length, limit_of(service, request, self._rules.folder))
        try:
            check_with_body(claim, body.sha256)
            await self._work_on(scope, request, service, body, receive, send)
        except SignatureError as error:
            await send_answer(send, self._unauthenticated(request, error))
        finally:
            body.discard()
        return None

    async def _work_on(
        self, scope: Scope, request: Request, service: str, body: Body, receive: Receive, send: Send
    ) -> None:
        others = [(name, value) for name, value in scope["headers"] if name.lower() != b"x-forwarded-proto"]
        scope = {**scope, "headers": [*others, (b"x-forwarded-proto", b"https")]}
        changing = may_change(request, bytes(body.content[:WHERE_THE_ACTION_STANDS]))
        objects.begin_request()
        await self._inner(scope, _handing_over(body, receive), self._settling(send, service, request, changing))

    def _settling(self, send: Send, service: str, request: Request, changing: bool) -> Send:  # noqa: FBT001 - see Rules
        """Make what waits for ``settled`` before a success is told, and leaves out what other origins' pages may read.

        Of a bucket's objects, the bucket's own CORS rules decide that.
        """
        failed = False

        async def settle_then_send(message: MutableMapping[str, Any]) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
                message = message if service == "s3" else {**message, "headers": kept}
                try:
                    if message["status"] < HTTPStatus.BAD_REQUEST:
                        await self._rules.settled(service, changing)
                except NotKeptError as error:
                    failed = True
                    identifier, headers = str(uuid.uuid4()), dict(request.headers)
                    return await send_answer(send, adapter.failure(service, str(error), identifier, headers))
            return None if failed else await send(message)

        return settle_then_send

    def _unwritten(self, error: Exception) -> str:
        return str(error if isinstance(error, NotKeptError) else not_written(error, self._rules.folder))

    def _unauthenticated(self, request: Request, error: SignatureError) -> Answer:
        headers = dict(request.headers)
        service, operation = service_and_operation(request)
        if error.access_key_id:
            service = adapter.service_of(request.method, request.path, headers, b"", request.query)
        self._rules.refused(f"{service}:{operation}", error.access_key_id, error.message)
        identifier = str(uuid.uuid4())
        status, answered, body = adapter.credential_refusal(service, error.code, error.message, identifier, headers)
        return (400 if error.code in _MALFORMED else status), answered, body


def _body_refusal(request: Request, error: BodyError) -> Answer:
    service, _operation = service_and_operation(request)
    headers = dict(request.headers)
    _status, answered, body = adapter.credential_refusal(service, error.code, error.message, "", headers)
    return error.status, answered, body


def _handing_over(body: Body, receive: Receive) -> Receive:
    """Make what gives the whole body in one message, and afterwards what else comes from the client."""
    waiting = [{"type": "http.request", "body": body.content, "more_body": False}]

    async def receive_next() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return receive_next
