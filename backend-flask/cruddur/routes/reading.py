"""What anybody may read: no token is looked at, so nothing here depends on Cognito."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request

from cruddur.activities import Activities
from cruddur.errors import ApiError
from cruddur.notices import Notices
from cruddur.request_bodies import text

LONGEST_TERM: Final = 128
LONGEST_HANDLE: Final = 128


def blueprint(activities: Activities, notices: Notices) -> Blueprint:
    """`home`, `notifications`, `search` and `@<handle>` below `/api/activities`, each {"data": [...]}."""
    routes = Blueprint("reading", __name__, url_prefix="/api/activities")

    @routes.get("/home")
    def home() -> Response:
        return data(activities.home())

    @routes.get("/notifications")
    def notifications() -> dict[str, object]:
        return {"data": notices.current()}

    @routes.get("/search")
    def search() -> Response:
        return data(activities.search(text("term", request.args.get("term"), LONGEST_TERM)))

    @routes.get("/@<handle>")
    def by_handle(handle: str) -> Response:
        found = activities.by_handle(text("handle", handle, LONGEST_HANDLE))
        if found is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "Nobody has that handle.")
        return data(found)

    return routes


def data(json_text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """An answer around JSON that the database has composed."""
    return Response(f'{{"data":{json_text}}}\n', status, mimetype="application/json")
