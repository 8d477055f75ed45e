"""Speaks AWS JSON for a service of ours: finds the operation, runs it on a thread, words the answer."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from local_aws.platform.service import Caller, Json, Service, ServiceError

Answer = tuple[int, dict[str, str], bytes]

_LOGGER = logging.getLogger("local_aws")


def operation_of(service: Service, path: str, headers: Mapping[str, str]) -> str:
    """Give the operation that a request names: after the dot of ``X-Amz-Target``, or as the first part of its path."""
    if service.target:
        return headers.get("x-amz-target", "").rpartition(".")[2]
    word = path.strip("/").partition("/")[0]
    return word[:1].upper() + word[1:]


def read(service: Service, path: str, body: bytes, query: Mapping[str, Sequence[str]]) -> Json:
    """Read a request's members; raise ``ServiceError`` where the body is no JSON object.

    Of a REST request, what follows in the path is the ARN, and ``tagKeys`` stand in the query.
    """
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        raise ServiceError("SerializationException", "The request body is not valid JSON.") from None
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "The request body is not a JSON object.")
    rest = path.strip("/").partition("/")[2]
    if not service.target and rest:
        request = {**request, "Arn": unquote(rest), "TagKeys": list(query.get("tagKeys", []))}
    return request


def refuse(error: ServiceError) -> Answer:
    """Word a refusal as SDKs read it: ``__type`` and ``message``."""
    status, headers, body = _answer(error.status, {"__type": error.code, "message": error.message})
    return status, {**headers, "x-amzn-errortype": error.code}, body


async def answer(service: Service, name: str, request: Json, caller: Caller) -> Answer:
    """Answer one request to the operation ``name`` of ``service``."""
    operation = service.operations.get(name)
    if operation is None:
        message = f"{name} is not an operation that the local AWS has for {service.name}."
        return refuse(ServiceError("UnknownOperationException", message))
    try:
        answered: Json | None = await asyncio.to_thread(operation, caller, request)
        return _answer(HTTPStatus.OK, answered or {})
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
