"""Feeds come in pages: each row once, newest first, with nothing left out, and none that has expired."""

import re
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.conftest import MakeService
from tests.support.databases import Databases
from tests.support.user_pool import UserPool

ACTIVITIES = "/api/activities"
ROOT = "0d0c1a7e-8f4e-4c39-9c2b-6f0a3f1b0001"
# Of 130 living activities, most are as old as their neighbours; between them lie as many that have expired.
ROWS = """
INSERT INTO activities (uuid, user_uuid, message, created_at, expires_at)
SELECT gen_random_uuid(), users.uuid, state || ' number ' || n, now() - n / 10 * interval '1 second', ends
FROM users
CROSS JOIN generate_series(0, 129) AS n
CROSS JOIN (
  VALUES ('living', now() + interval '1 day'), ('expired', now() - interval '1 day')
) AS v (state, ends)
WHERE handle = 'worf';
INSERT INTO activities (uuid, user_uuid, message, created_at)
SELECT 'ROOT', uuid, 'a root', now() - interval '1 year' FROM users WHERE handle = 'andrewbrown';
INSERT INTO activities (user_uuid, message, reply_to_activity_uuid, created_at)
SELECT uuid, 'reply number ' || n, 'ROOT', now() - n / 10 * interval '1 second'
FROM users CROSS JOIN generate_series(0, 129) AS n
WHERE handle = 'worf'
"""


@pytest.fixture(scope="module")
def reader(make_shared_service: MakeService, databases: Databases, seeded_template: str) -> FlaskClient:
    """A client of a service with many rows; nothing here may write to it."""
    url = databases.copy(seeded_template)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ROWS.replace("ROOT", ROOT).encode())
    return make_shared_service(url)


def walk(client: FlaskClient, path: str, **query: object) -> list[list[str]]:
    """Gives the messages of each page."""
    pages: list[list[str]] = []
    cursor = None
    while True:
        response = client.get(path, query_string=query | ({"cursor": cursor} if cursor else {}))
        assert response.status_code == 200, response.text
        assert response.json is not None
        pages.append([row["message"] for row in response.json["data"]])
        cursor = response.json["next_cursor"]
        if cursor is None:
            return pages
        assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)


FEEDS = {
    f"{ACTIVITIES}/home": "living",
    f"{ACTIVITIES}/@worf": "living",
    f"{ACTIVITIES}/search?term=number": "living",
    f"{ACTIVITIES}/{ROOT}/replies": "reply",
}


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("limit", [7, 50])
def test_pages_together_are_the_feed(reader: FlaskClient, path: str, limit: int) -> None:
    path, _, query = path.partition("?")
    pages = walk(reader, path, limit=limit, **dict(part.split("=") for part in query.split("&") if part))
    assert all(len(page) == limit for page in pages[:-1])
    assert 0 < len(pages[-1]) <= limit
    messages = [message for page in pages for message in page if "number" in message]
    word = next(word for known, word in FEEDS.items() if known.startswith(path))
    assert sorted(messages) == sorted(f"{word} number {n}" for n in range(130))
    ages = [int(message.split()[-1]) // 10 for message in messages]
    assert ages == sorted(ages)


def test_a_page_that_ends_with_the_feed_has_no_next(reader: FlaskClient) -> None:
    assert [len(page) for page in walk(reader, f"{ACTIVITIES}/{ROOT}/replies", limit=26)] == [26] * 5


def test_a_new_activity_moves_no_page(service: FlaskClient, user_pool: UserPool) -> None:
    first = service.get(f"{ACTIVITIES}/home", query_string={"limit": 1}).json
    assert first is not None
    service.post(ACTIVITIES, json={"message": "newer"}, headers=user_pool.sign_in())
    second = service.get(f"{ACTIVITIES}/home", query_string={"limit": 1, "cursor": first["next_cursor"]}).json
    assert second is not None
    assert second["data"][0]["handle"] == "andrewbrown"


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize(
    "query",
    [{"limit": value} for value in ("0", "51", "-1", "", "x", "1.5", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 99)]
    + [{"cursor": value} for value in ("", "x", "=" * 32, "A" * 31, "A" * 33, "'" * 32, "+" * 32)],
    ids=str,
)
def test_a_page_that_nobody_can_ask_for_is_refused(
    reader: FlaskClient, path: str, query: dict[str, str]
) -> None:
    path, _, term = path.partition("?term=")
    refused = reader.get(path, query_string=query | ({"term": term} if term else {}))
    assert refused.status_code == 422
    assert refused.json is not None
    assert f"'{next(iter(query))}'" in refused.json["error"]["message"]


@pytest.mark.parametrize("cursor", ["A" * 32, "_" * 32, "-" * 32])
def test_a_place_that_no_activity_has_is_a_place(reader: FlaskClient, cursor: str) -> None:
    assert reader.get(f"{ACTIVITIES}/home", query_string={"cursor": cursor}).status_code == 200


def test_replies_are_those_of_a_living_activity(reader: FlaskClient, service: FlaskClient) -> None:
    assert reader.get(f"{ACTIVITIES}/{uuid4()}/replies").status_code == 404
    assert reader.get(f"{ACTIVITIES}/7/replies").status_code == 404
    assert service.get("/api/activities/@worf").json is not None


def test_a_feed_is_full_while_living_activities_exist(service: FlaskClient, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            """INSERT INTO activities (user_uuid, message, created_at, expires_at)
            SELECT uuid, 'living', now() - interval '1 day' - n * interval '1 s', now() + interval '1 day'
            FROM users CROSS JOIN generate_series(1, 60) AS n WHERE handle = 'worf'"""
        )
        connection.execute(
            """INSERT INTO activities (user_uuid, message, created_at, expires_at)
            SELECT uuid, 'expired', now() - n * interval '1 ms', now() - interval '1 ms'
            FROM users CROSS JOIN generate_series(1, 5000) AS n WHERE handle = 'worf'"""
        )
    for path in ("home", "@worf", "search?term=living"):
        page = service.get(f"{ACTIVITIES}/{path}").json
        assert page is not None
        assert len(page["data"]) == 50
