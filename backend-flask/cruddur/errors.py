"""Every error as JSON: {"error": {"code": ..., "message": ..., "request_id": ...}}."""

import logging
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, jsonify
from werkzeug.exceptions import HTTPException

from cruddur.activities import HandleTakenError
from cruddur.database import DatabaseUnavailableError
from cruddur.signing_keys import KeysUnavailableError

_LOGGER: Final = logging.getLogger("cruddur.errors")
_RETRY_SECONDS: Final = 2
# The names of RFC 9110. Python's own changed between 3.12 and 3.13, and clients compare these.
_CODES: Final = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "content_too_large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "unprocessable_content",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_server_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "service_unavailable",
}


class ApiError(Exception):
    """An answer other than success that a route decides on: a status, a sentence for people, and headers."""

    def __init__(self, status: HTTPStatus, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def answer_errors_with_json(app: Flask) -> None:
    """Makes each error that a request can end in a JSON answer."""
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(HandleTakenError, _handle_taken)
    app.register_error_handler(DatabaseUnavailableError, _database_unavailable)
    app.register_error_handler(KeysUnavailableError, _keys_unavailable)
    app.register_error_handler(Exception, _unexpected)


def _answer(status: HTTPStatus, message: str) -> Response:
    error = {"code": _CODES.get(status, "error"), "message": message, "request_id": g.get("request_id")}
    answer = jsonify(error=error)
    answer.status_code = status
    return answer


def _api_error(error: ApiError) -> Response:
    answer = _answer(error.status, error.message)
    answer.headers.extend(error.headers)
    return answer


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = _answer(status, error.description or status.description)
    # What the error says in headers is kept: Allow for 405, Location for a redirect.
    answer.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return answer


def _handle_taken(_: HandleTakenError) -> Response:
    return _answer(HTTPStatus.CONFLICT, "Your handle belongs to another account.")


def _database_unavailable(error: DatabaseUnavailableError) -> Response:
    _LOGGER.error("database unavailable: %s", error)
    return _try_again("The database cannot be reached at the moment; try again shortly.")


def _keys_unavailable(error: KeysUnavailableError) -> Response:
    _LOGGER.error("sign-in unavailable: %s", error)
    return _try_again("Your sign-in cannot be checked at the moment; try again shortly.")


def _try_again(message: str) -> Response:
    answer = _answer(HTTPStatus.SERVICE_UNAVAILABLE, message)
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer


def _unexpected(error: Exception) -> Response:
    _LOGGER.error("unexpected error", exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side; the request id finds it in the logs.",
    )
