"""What anybody may read: no token is looked at, so nothing here depends on Cognito."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request

from cruddur.activities.cursors import Cursor, CursorError
from cruddur.activities.feeds import Feeds, Page, Place
from cruddur.activities.notices import Notices
from cruddur.api.errors import ApiError
from cruddur.api.request_bodies import text

_ACTIVITIES: Final = "/api/activities"
SEARCH_PATH: Final = f"{_ACTIVITIES}/search"
LONGEST_TERM: Final = 128
LONGEST_HANDLE: Final = 128
# Rows of a page, unless fewer are asked for.
MOST_ROWS: Final = 50


def blueprint(feeds: Feeds, notices: Notices) -> Blueprint:
    """`home`, `search`, `@<handle>`, `<uuid>/replies` and `notifications` below `/api/activities`.

    A feed answers {"data": [...], "next_cursor": "..." or null}, notifications {"data": [...]}.
    """
    routes = Blueprint("reading", __name__, url_prefix=_ACTIVITIES)

    @routes.get("/home")
    def home() -> Response:
        return _page(feeds.home(_place()))

    @routes.get("/notifications")
    def notifications() -> dict[str, object]:
        return {"data": notices.current()}

    @routes.get("/search")
    def search() -> Response:
        return _page(feeds.search(text("term", request.args.get("term"), LONGEST_TERM), _place()))

    @routes.get("/@<path:handle>")
    def by_handle(handle: str) -> Response:
        page = feeds.by_handle(text("handle", handle, LONGEST_HANDLE), _place())
        if page is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "Nobody has that handle.")
        return _page(page)

    @routes.get("/<uuid:activity_uuid>/replies")
    def replies(activity_uuid: UUID) -> Response:
        page = feeds.replies(activity_uuid, _place())
        if page is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "There is no such activity, or it has expired.")
        return _page(page)

    return routes


def _page(page: Page) -> Response:
    # The database has composed JSON, and a cursor is made of letters, digits, "-", "_" and "=".
    cursor = f'"{page.next}"' if page.next else "null"
    return Response(f'{{"data":{page.data},"next_cursor":{cursor}}}\n', mimetype="application/json")


def _place() -> Place:
    """Which page is asked for; raises ApiError 422."""
    query = request.args
    cursor, limit = query.get("cursor"), query.get("limit", str(MOST_ROWS))
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:10]) <= MOST_ROWS):
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, f"'limit' must be a whole number, 1 to {MOST_ROWS}.")
    try:
        return Place(int(limit), None if cursor is None else Cursor.parse(cursor))
    except CursorError:
        message = "'cursor' must be the next_cursor of an earlier answer, or left out for the first page."
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, message) from None
