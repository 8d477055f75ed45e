"""Answers of the server itself, in the form that every error of the service has."""

import json
import logging
from http import HTTPStatus
from typing import Final

from cruddur.api.errors import error_document
from cruddur.api.request_log import REQUEST_ID_HEADER
from cruddur.api.response_headers import STANDARD_HEADERS

Headers = list[tuple[bytes, bytes]]

_LOGGER: Final = logging.getLogger("cruddur.requests")


def refusal(status: HTTPStatus, message: str, request_id: str) -> tuple[Headers, bytes]:
    """Logs and returns an error answer: its headers and its body."""
    fields = {"status": int(status), "request_id": request_id}
    _LOGGER.info("request refused: %s", message, extra={"fields": fields})
    body = json.dumps(error_document(status, message, request_id)).encode() + b"\n"
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        REQUEST_ID_HEADER: request_id,
        **STANDARD_HEADERS,
    }
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()], body
