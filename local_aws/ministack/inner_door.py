"""MiniStack behind a second door: whatever gets there is refused unless it is signed by somebody, rightly.

The gateway (``local_aws/gateway/gateway.py``) is before it and decides by code of its own. MiniStack's paths to read
and reset what it holds, its data planes and its answers to unsigned requests are taken out of it.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import s3

from local_aws.ministack.adapter import Answer, Headers, Query, access_key_of, credential_refusal, service_of

Refused = Callable[[str, str, str], None]
"""Hears of a request without a principal: action, the access key that it claims, and the reason."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_OWN_PATHS = "/_"
"""No bucket's name begins so: such a path is MiniStack's own, and does what no caller of AWS may."""

_UNSIGNED = iam_evaluator.AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")


def close(refused: Refused) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Take out what needs no principal, and give the application that is left; ``refused`` hears of each refusal."""

    async def nothing(*_words: Any, **_more: Any) -> None:  # noqa: ANN401 - stands for functions of many signatures
        """Answer nothing, so that the request goes on to be refused."""

    async def authenticated(
        method: str,
        path: str,
        headers: Headers,
        body: Any,  # noqa: ANN401 - bytes, or a file that is mapped into memory
        query: Query,
        request_id: str,
        **_more: Any,  # noqa: ANN401
    ) -> Answer | None:
        failure = _failure(method, path, headers, query)
        if failure is not None:
            service = service_of(method, path, headers, b"", query)
            refused(
                action_of(service, method, path, headers, query),
                access_key_of(headers, query),
                failure.message,
            )
            return credential_refusal(service, failure.code, failure.message, request_id, headers)
        control = await app._handle_s3_control_request(path, method, body, query, request_id, headers)
        return control or await _of_a_buckets_host(method, path, headers, body, query, request_id)

    app._handle_pre_body_request = nothing
    app._handle_post_body_shortcuts = nothing
    app._handle_special_data_plane_request = authenticated
    app._read_request_body = _read_request_body
    return _application


async def _application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await app.app(scope, receive, send)
    elif scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1008})
    elif scope["path"].startswith(_OWN_PATHS):
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
    else:
        await app.app(scope, receive, send)


def action_of(service: str, method: str, path: str, headers: Headers, query: Query) -> str:
    """Name the IAM action of a request by what stands outside of its body, such as ``s3:PutObject``."""
    found: str | None = iam_actions.extract_iam_action(service, method, path, headers, b"", query)
    return found or f"{service}:{method}"


def _failure(method: str, path: str, headers: Headers, query: Query) -> Any:  # noqa: ANN401 - MiniStack is untyped
    """Say why a request has no principal; None where it has one, whose signature is right."""
    request = iam_evaluator._signed_request.get()
    if request is None:
        return _UNSIGNED
    if request.s3_scoped:
        refusal = s3._verify_presigned_sigv4(method, path, headers, query)
        return None if refusal is None else iam_evaluator.AuthError("SignatureDoesNotMatch", _sentence(refusal))
    account = iam_evaluator.find_iam_access_key_account(request.access_key_id) or responses.get_account_id()
    checked = iam_evaluator.authenticate(request.access_key_id, account)
    return checked if isinstance(checked, iam_evaluator.AuthError) else None


def _sentence(refusal: Answer) -> str:
    """Return the message of an error of S3, which is XML."""
    return refusal[2].partition(b"<Message>")[2].partition(b"</Message>")[0].decode()


async def _of_a_buckets_host(
    method: str,
    path: str,
    headers: Headers,
    body: Any,  # noqa: ANN401 - as above
    query: Query,
    request_id: str,
) -> Answer | None:
    """Answer a request whose Host names a bucket, as MiniStack's own dispatcher does."""
    host = headers.get("host", "")
    response = await app._handle_s3_vhost_request(host, path, method, headers, body, query)
    if response is None:
        return None
    target = app._s3_cors_target(host, path, path_style=False)
    if target:
        response[1].update(s3.cors_response_headers(target[0], method, headers))
    answer: Answer = app._with_data_plane_headers(response, request_id, include_s3_id=True, wildcard_cors=False)
    return answer


async def _read_request_body(receive: Receive, method: str, headers: Headers) -> Any:  # noqa: ANN401 - as above
    """Take the body as the first door hands it over: in one message, and maybe a file that is mapped into memory."""
    del method
    message = await receive()
    if message["type"] != "http.request" or message.get("more_body", False):
        raise app._RequestBodyDisconnected
    iam_evaluator.pin_signed_body(message.get("body", b""))
    return app._decode_aws_chunked_body(message.get("body", b""), headers)


def preflight(host: str, path: str, headers: Headers) -> Answer | None:
    """Answer a browser's OPTIONS from the CORS rules of the bucket that it is about; None where there is no bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
    """
    target = app._s3_cors_target(host, path)
    if target is None:
        return None
    answer: Answer = s3.cors_preflight(*target, headers)
    return answer
