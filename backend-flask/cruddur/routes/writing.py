"""What a person who has signed in may write."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request

from cruddur.activities.posting import LIFETIMES, Post, Posting
from cruddur.api.errors import ApiError
from cruddur.api.idempotency import idempotency_key
from cruddur.api.request_bodies import json_object, text
from cruddur.authentication.tokens import Caller, InvalidTokenError, TokenVerifier

LONGEST_MESSAGE: Final = 280
LONGEST_REPLY: Final = 1024
DEFAULT_LIFETIME: Final = "7-days"


def blueprint(posting: Posting, verifier: TokenVerifier) -> Blueprint:
    """`POST /api/activities` and `POST /api/activities/<uuid>/reply`, each 201 and {"data": {...}}."""
    routes = Blueprint("writing", __name__, url_prefix="/api/activities")

    @routes.post("")
    def create() -> Response:
        caller, key = _caller(verifier), idempotency_key()
        body = json_object()
        message = text("message", body.get("message"), LONGEST_MESSAGE)
        lifetime = _lifetime(body.get("ttl", DEFAULT_LIFETIME))
        return _written(posting.write(caller, Post(message, lifetime=lifetime), key))

    @routes.post("/<uuid:activity_uuid>/reply")
    def reply(activity_uuid: UUID) -> Response:
        caller, key = _caller(verifier), idempotency_key()
        message = text("message", json_object().get("message"), LONGEST_REPLY)
        return _written(posting.write(caller, Post(message, activity_uuid=activity_uuid), key))

    return routes


def _written(json_text: str) -> Response:
    return Response(f'{{"data":{json_text}}}\n', HTTPStatus.CREATED, mimetype="application/json")


def _caller(verifier: TokenVerifier) -> Caller:
    """Who sent the request; raises ApiError 401 with the challenge that RFC 6750, 3 asks for."""
    # Flask would also decode the schemes that are not asked for, and fail where they are broken.
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise ApiError(
            HTTPStatus.UNAUTHORIZED, "Sign in: this needs 'Authorization: Bearer TOKEN'.", challenge
        )
    try:
        return verifier.caller(token.strip())
    except InvalidTokenError as error:
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise ApiError(HTTPStatus.UNAUTHORIZED, f"The token is not accepted: {error}.", challenge) from None


def _lifetime(value: object) -> str:
    if not isinstance(value, str) or value not in LIFETIMES:
        allowed = ", ".join(LIFETIMES)
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, f"'ttl' must be one of {allowed}.")
    return value
