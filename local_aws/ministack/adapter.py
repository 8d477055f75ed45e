"""MiniStack's ASGI application: how requests are routed in it, and how services of ours join it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses, router

Headers = dict[str, str]
Query = dict[str, list[str]]
Answer = tuple[int, Headers, bytes]
Handler = Callable[[str, str, Headers, bytes, Query], Awaitable[Answer]]
"""Answers (method, path, headers with lower-case names, body, query) with (status, headers, body)."""

Before = Callable[[str, str, Headers, bytes, Query], Awaitable[Answer | None]]
"""Sees (method, path, headers, body, query) of a request that IAM let in; an answer of its own ends the request."""

ResourceOf = Callable[[str, Headers, bytes, Query, str, str], str]
"""Gives the ARN that IAM checks, from (path, headers, body, query, region, account id)."""

_resource_of: dict[str, ResourceOf] = {}


def add_service(name: str, target: str, handler: Handler, resource_of: ResourceOf) -> None:
    """Route requests to ``handler``, guarded by IAM: those whose ``X-Amz-Target`` begins with ``target``.

    Without a ``target``, requests that are signed for ``name`` are routed there. IAM's actions begin with ``name``.
    """
    router.SERVICE_PATTERNS[name] = {"target_prefixes": [f"{target}."] if target else [], "host_patterns": []}
    app.SERVICE_HANDLERS[name] = handler
    iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = name
    _resource_of[name] = resource_of


def check_resources_with(choose: Callable[[str, Headers, bytes, str, str, str], str]) -> None:
    """Let ``choose`` have the last word on the ARN that IAM checks.

    It is called with (service, headers, body, region, account id, MiniStack's own choice). Services added here bring
    their own.
    """
    original = iam_actions.extract_resource_arn

    def extract_resource_arn(  # noqa: PLR0913, PLR0917 - MiniStack's own signature
        service: str, method: str, path: str, headers: Headers, body: bytes, query: Query, region: str, account: str
    ) -> str:
        if service in _resource_of:
            return _resource_of[service](path, headers, body, query, region, account)
        found = original(service, method, path, headers, body, query, region, account)
        return choose(service, headers, body, region, account, found)

    iam_actions.extract_resource_arn = extract_resource_arn


def add_condition_keys(keys_of: Callable[[str, str, bytes], Mapping[str, Any]]) -> None:
    """Have IAM know more condition keys of a request: those by (service, operation, body)."""
    original = iam_actions.request_tag_context

    def request_tag_context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            **original(service, iam_action, body, params),
            **keys_of(service, iam_action.partition(":")[2], body),
        }

    iam_actions.request_tag_context = request_tag_context


def service_of(method: str, path: str, headers: Headers, body: bytes, query: Query) -> str:
    """Name the service that a request is for, such as ``s3`` or ``cloudformation``."""
    name: str = router.detect_service(method, path, headers, app._routing_params(method, path, headers, body, query))
    return name


def access_key_of(headers: Headers, query: Query) -> str:
    """Return the id of the access key that a request claims to be signed with; empty for none."""
    key: str = router.extract_access_key_id(headers, query)
    return key


def credential_refusal(service: str, code: str, message: str, request_id: str, headers: Headers) -> Answer:
    """Return the answer to a request whose credentials fail, in the protocol of ``service``."""
    failure = iam_evaluator.AuthError(code, message)
    answer: Answer = app._credential_failure(service, "", request_id, failure, headers)
    return answer


def failure(service: str, message: str, request_id: str, headers: Headers) -> Answer:
    """Return the answer to a request that the service could not do, in the protocol of ``service``: AWS's 503.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html
    """
    _status, answer_headers, body = credential_refusal(service, "ServiceUnavailable", message, request_id, headers)
    return int(HTTPStatus.SERVICE_UNAVAILABLE), answer_headers, body


def permission_refusal(service: str, action: str, principal_arn: str, resource_arn: str, headers: Headers) -> Answer:
    """Return the answer to a request for what the caller may not do, in the protocol of ``service``."""
    answer: Answer = iam_actions.access_denied_response(
        service, action, principal_arn, "", headers=headers, resource_arn=resource_arn
    )
    return answer


def identity_refusal(action: str, principal_arn: str, resource_arn: str) -> str:
    """Give AWS's sentence for an action that no identity-based policy allows."""
    sentence: str = iam_actions.identity_denial_message(action, principal_arn, resource_arn, explicit_deny=False)
    return sentence


@contextmanager
def acting_in(account_id: str, region: str) -> Iterator[None]:
    """Reach into MiniStack's stores for this account and region, outside a request."""
    with responses.request_scope(account_id, region):
        yield


def scope_of_request() -> tuple[str, str, str]:
    """Return the running request's account id, region and the caller's ARN."""
    return responses.get_account_id(), responses.get_region(), iam_evaluator.caller_arn()


def call_quietly(handler: Callable[[Mapping[str, list[str]]], Any], **values: str) -> int:
    """Call one of MiniStack's operations in-process with query parameters; give its HTTP status."""
    status: int = handler({name: [value] for name, value in values.items()})[0]
    return status


def guard(service: str, before: Before) -> None:
    """Have ``before`` see each request to ``service`` that IAM let in; an answer of its own ends the request."""
    handler = app.SERVICE_HANDLERS[service]

    async def guarded(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer:
        refusal = await before(method, path, headers, body, query)
        if refusal is not None:
            return refusal
        answer: Answer = await handler(method, path, headers, body, query)
        return answer

    app.SERVICE_HANDLERS[service] = guarded
