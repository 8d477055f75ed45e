"""The answer to whoever comes when all turns are taken: made at once, without Flask and without a thread."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from cruddur.api.errors import BUSY_MESSAGE, RETRY_SECONDS, error_document
from cruddur.api.request_log import REQUEST_ID

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

# Set, whatever to, in the environ of a request that is not to reach the application.
IS_BUSY: Final = "cruddur.is_busy"
_STATUS: Final = HTTPStatus.SERVICE_UNAVAILABLE


def busy(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """A WSGI application: 503, with Retry-After."""
    document = error_document(_STATUS, BUSY_MESSAGE, environ[REQUEST_ID])
    body = json.dumps(document).encode() + b"\n"
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(RETRY_SECONDS)),
    ]
    start_response(f"{_STATUS.value} {_STATUS.phrase}", headers)
    return [body]
