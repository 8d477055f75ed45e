"""Speaks AWS JSON 1.0 and 1.1 for a service of ours: finds the operation, runs it on a thread, words the answer."""

import asyncio
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from local_aws.service import Caller, Json, Service, ServiceError

Answer = tuple[int, dict[str, str], bytes]

_LOGGER = logging.getLogger("local_aws")


def operation_of(headers: dict[str, str]) -> str:
    """Give the operation that the ``X-Amz-Target`` header names after its dot."""
    return headers.get("x-amz-target", "").rpartition(".")[2]


def read(body: bytes) -> Json:
    """Read a request's members; raise ``ServiceError`` where the body is no JSON object."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        raise ServiceError("SerializationException", "The request body is not valid JSON.") from None
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "The request body is not a JSON object.")
    return request


def refuse(error: ServiceError) -> Answer:
    """Word a refusal as SDKs read it: ``__type`` and ``message``."""
    return _answer(error.status, {"__type": error.code, "message": error.message})


async def answer(
    service: Service,
    headers: dict[str, str],
    body: bytes,
    caller: Caller,
    refused_resource: Callable[[str, Json], str | None],
) -> Answer:
    """Answer one request to ``service``. ``refused_resource`` gives IAM's sentence for a resource beyond the first."""
    name = operation_of(headers)
    operation = service.operations.get(name)
    if operation is None:
        message = f"{name} is not an operation that the local AWS has for {service.name}."
        return refuse(ServiceError("UnknownOperationException", message))
    try:
        request = read(body)
        sentence = refused_resource(name, request)
        if sentence is not None:
            raise ServiceError("AccessDeniedException", sentence)  # noqa: TRY301 - one place words all refusals
        return _answer(HTTPStatus.OK, await asyncio.to_thread(operation, caller, request))
    except ServiceError as error:
        return refuse(error)
    except Exception:
        _LOGGER.exception("%s of %s failed", name, service.name)
        return _answer(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            {"__type": "InternalFailure", "message": "The local AWS failed; its log says why (bin/local-aws status)."},
        )


def _answer(status: int, members: dict[str, Any]) -> Answer:
    return int(status), {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(members).encode()
