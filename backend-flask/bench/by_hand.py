"""The same work done by hand, with Flask and psycopg: what the service is measured against.

The same statements on connections with the same settings, the same bodies of answers, under the same server;
and nothing else: no check of what is sent but that of the token, no limits, no log, no headers of ours.
"""

import os
import threading
from datetime import timedelta
from typing import Any

import jwt
import psycopg
from flask import Flask, Response, request

from cruddur.activities.cursors import Cursor
from cruddur.activities.feeds import MOST_CANDIDATES, MOST_READ, page_statement
from cruddur.application import SEARCH_SETTINGS
from cruddur.database.connections import SETTINGS
from cruddur.database.statements import statement
from cruddur.version import VERSION

HOME = page_statement("home")
SEARCH = page_statement("search")
POST = statement("post")
FIRST_PAGE = {"limit": 50, "before": "infinity", "before_uuid": "ffffffff-ffff-ffff-ffff-ffffffffffff"}
MINUTE = timedelta(minutes=1)
JSON = "application/json"

app = Flask("by_hand", static_folder=None)
connections = threading.local()
keys = jwt.PyJWKClient(os.environ["KEYS_URL"], cache_keys=True)


def run(name: str, settings: dict[str, str], sql: Any, values: dict[str, Any]) -> Any:  # noqa: ANN401 - a row
    """Runs a statement on this thread's connection of that name."""
    connection = getattr(connections, name, None)
    if connection is None:
        connection = psycopg.connect(os.environ["CONNECTION_URL"], autocommit=True)
        for setting in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", setting)
        setattr(connections, name, connection)
    return connection.execute(sql, values).fetchone()


def page(row: Any) -> Response:  # noqa: ANN401 - a row
    """The answer with a page of a feed."""
    data, created_at, uuid = row
    cursor = f'"{Cursor(created_at, uuid)}"' if uuid else "null"
    return Response(f'{{"data":{data},"next_cursor":{cursor}}}\n', mimetype=JSON)


@app.get("/api/health-check")
def health() -> dict[str, object]:
    """The process lives."""
    return {"success": True, "ver": VERSION}


@app.get("/api/activities/home")
def home() -> Response:
    """The first page of home."""
    return page(run("feeds", SETTINGS, HOME, FIRST_PAGE))


@app.get("/api/activities/search")
def search() -> Response:
    """The first page of what has a word in it."""
    term = request.args["term"]
    values = {
        "pattern": f"%{term}%",
        "word": term,
        "most_read": MOST_READ,
        "most_candidates": MOST_CANDIDATES,
    }
    return page(run("searches", SETTINGS | SEARCH_SETTINGS, SEARCH, FIRST_PAGE | values))


@app.post("/api/activities")
def create() -> Response:
    """Writes an activity."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    key = keys.get_signing_key_from_jwt(token).key
    claims = jwt.decode(token, key, algorithms=["RS256"], options={"verify_iat": False})
    values = {
        "cognito_user_id": claims["sub"],
        "message": request.get_json()["message"],
        "lifetime": timedelta(days=7),
        "activity_uuid": None,
        "key": None,
        "fingerprint": None,
        "period": MINUTE,
        "share": MINUTE / 1_000_000,
    }
    row = run("feeds", SETTINGS, POST, values)
    return Response(f'{{"data":{row[2]}}}\n', 201, mimetype=JSON)
