"""Every error as JSON: {"error": {"code": ..., "message": ..., "request_id": ...}}."""

import logging
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from cruddur.activities.posting import (
    HandleTakenError,
    KeyReusedError,
    NothingToReplyToError,
    OutcomeUnknownError,
    TooManyPostsError,
)
from cruddur.api.request_log import REQUEST_ID
from cruddur.authentication.signing_keys import KeysUnavailableError
from cruddur.database.connections import DatabaseBusyError, DatabaseUnavailableError

_LOGGER: Final = logging.getLogger("cruddur.errors")
RETRY_SECONDS: Final = 2
BUSY_MESSAGE: Final = "Too many ask for this at the moment; try again shortly."
# The names of RFC 9110. Python's own changed between 3.12 and 3.13, and clients compare these.
_CODES: Final = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_TIMEOUT: "request_timeout",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "content_too_large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "uri_too_long",
    HTTPStatus.UNPROCESSABLE_ENTITY: "unprocessable_content",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "request_header_fields_too_large",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_server_error",
    HTTPStatus.NOT_IMPLEMENTED: "not_implemented",
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
    app.register_error_handler(NothingToReplyToError, _nothing_to_reply_to)
    app.register_error_handler(KeyReusedError, _key_reused)
    app.register_error_handler(TooManyPostsError, _too_many_posts)
    app.register_error_handler(OutcomeUnknownError, _outcome_unknown)
    app.register_error_handler(DatabaseBusyError, _database_busy)
    app.register_error_handler(DatabaseUnavailableError, _database_unavailable)
    app.register_error_handler(KeysUnavailableError, _keys_unavailable)
    app.register_error_handler(Exception, _unexpected)


def error_document(
    status: HTTPStatus, message: str, request_id: str | None, code: str | None = None
) -> dict[str, Any]:
    """What an error is to a program: `code` (by default the status's) and `request_id`, and a sentence."""
    code = code or _CODES.get(status, "error")
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def _answer(status: HTTPStatus, message: str, code: str | None = None) -> Response:
    answer = jsonify(error_document(status, message, request.environ.get(REQUEST_ID), code))
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
    return _answer(HTTPStatus.CONFLICT, "Your handle, or one that looks like it, belongs to somebody else.")


def _nothing_to_reply_to(_: NothingToReplyToError) -> Response:
    return _answer(HTTPStatus.NOT_FOUND, "There is no such activity, or it has expired.")


def _key_reused(_: KeyReusedError) -> Response:
    message = "This Idempotency-Key came with another request before; use a new one for each."
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, message)


def _too_many_posts(error: TooManyPostsError) -> Response:
    message = f"You have posted too much; wait {error.seconds} s until the next time."
    return _try_again(message, HTTPStatus.TOO_MANY_REQUESTS, error.seconds)


def _outcome_unknown(error: OutcomeUnknownError) -> Response:
    _LOGGER.error("outcome unknown: %s", error.__cause__)
    if "HTTP_IDEMPOTENCY_KEY" in request.environ:
        return _try_again(
            "It is unknown whether this was written; send it again with the same Idempotency-Key."
        )
    # No Retry-After: who sends it again may have it twice.
    message = "It is unknown whether this was written; look for it before you send it again."
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE, message, "outcome_unknown")


def _database_busy(error: DatabaseBusyError) -> Response:
    _LOGGER.warning("database busy: %s", error)
    return _try_again(BUSY_MESSAGE)


def _database_unavailable(error: DatabaseUnavailableError) -> Response:
    _LOGGER.error("database unavailable: %s", error)
    return _try_again("The database cannot be reached at the moment; try again shortly.")


def _keys_unavailable(error: KeysUnavailableError) -> Response:
    _LOGGER.error("sign-in unavailable: %s", error)
    return _try_again("Your sign-in cannot be checked at the moment; try again shortly.")


def _try_again(
    message: str, status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE, seconds: int = RETRY_SECONDS
) -> Response:
    answer = _answer(status, message)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _unexpected(error: Exception) -> Response:
    _LOGGER.error("unexpected error", exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side; the request id finds it in the logs.",
    )
