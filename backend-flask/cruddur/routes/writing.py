"""What a person who has signed in may write."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request

from cruddur.activities import LIFETIMES, Activities
from cruddur.errors import ApiError
from cruddur.request_bodies import json_object, text
from cruddur.routes.reading import data
from cruddur.tokens import Caller, InvalidTokenError, TokenVerifier

LONGEST_MESSAGE: Final = 280
LONGEST_REPLY: Final = 1024
DEFAULT_LIFETIME: Final = "7-days"


def blueprint(activities: Activities, verifier: TokenVerifier) -> Blueprint:
    """`POST /api/activities` and `POST /api/activities/<uuid>/reply`, each 201 and {"data": {...}}."""
    routes = Blueprint("writing", __name__, url_prefix="/api/activities")

    @routes.post("")
    def create() -> Response:
        caller = _caller(verifier)
        body = json_object()
        message = text("message", body.get("message"), LONGEST_MESSAGE)
        return data(
            activities.create(caller, message, _lifetime(body.get("ttl", DEFAULT_LIFETIME))),
            HTTPStatus.CREATED,
        )

    @routes.post("/<uuid:activity_uuid>/reply")
    def reply(activity_uuid: UUID) -> Response:
        caller = _caller(verifier)
        message = text("message", json_object().get("message"), LONGEST_REPLY)
        written = activities.reply(caller, activity_uuid, message)
        if written is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "There is no such activity, or it has expired.")
        return data(written, HTTPStatus.CREATED)

    return routes


def _caller(verifier: TokenVerifier) -> Caller:
    """Who sent the request; raises ApiError 401 with the challenge that RFC 6750, 3 asks for."""
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise ApiError(
            HTTPStatus.UNAUTHORIZED, "Sign in: this needs 'Authorization: Bearer TOKEN'.", challenge
        )
    try:
        return verifier.caller(authorization.token)
    except InvalidTokenError as error:
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise ApiError(HTTPStatus.UNAUTHORIZED, f"The token is not accepted: {error}.", challenge) from None


def _lifetime(value: object) -> str:
    if not isinstance(value, str) or value not in LIFETIMES:
        allowed = ", ".join(LIFETIMES)
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, f"'ttl' must be one of {allowed}.")
    return value
