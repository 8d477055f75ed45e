"""What anybody may read."""

from datetime import datetime

import psycopg
import pytest
from flask.testing import FlaskClient

from cruddur.routes.reading import MOST_ROWS
from tests.conftest import MakeService
from tests.support.databases import Databases

COUNTS = {"replies_count", "reposts_count", "likes_count"}
HOME_ROW = {"uuid", "display_name", "handle", "message", "expires_at", "created_at", "replies"} | COUNTS
REPLY_ROW = {"uuid", "display_name", "handle", "message", "reply_to_activity_uuid", "created_at"} | COUNTS
NOTICE_ROW = {"uuid", "handle", "message", "created_at", "expires_at", "replies"} | COUNTS


@pytest.fixture(scope="module")
def reader(make_shared_service: MakeService, databases: Databases, seeded_template: str) -> FlaskClient:
    """A client of a service whose database holds the seed and nothing else; nothing here may write to it."""
    return make_shared_service(databases.copy(seeded_template))


def rows(client: FlaskClient, path: str) -> list[dict[str, object]]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    assert response.json is not None
    assert set(response.json) <= {"data", "next_cursor"}
    data: list[dict[str, object]] = response.json["data"]
    return data


def add(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_home_has_the_rows_that_the_front_end_draws(reader: FlaskClient) -> None:
    home = rows(reader, "/api/activities/home")
    assert [row["handle"] for row in home] == ["yaya2devops", "andrewbrown", "worf"]
    assert all(set(row) == HOME_ROW for row in home)
    replies = home[0]["replies"]
    assert isinstance(replies, list)
    assert [set(reply) for reply in replies] == [REPLY_ROW]
    assert replies[0]["reply_to_activity_uuid"] == home[0]["uuid"]
    assert home[0]["replies_count"] == 1
    assert home[1]["replies"] == []
    times = [datetime.fromisoformat(str(row["created_at"])) for row in home]
    assert times == sorted(times, reverse=True)
    assert all(time.utcoffset() is not None for time in times)


def test_notifications_have_the_rows_that_the_front_end_draws(client: FlaskClient) -> None:
    notices = rows(client, "/api/activities/notifications")
    assert all(set(row) == NOTICE_ROW for row in notices)
    assert notices[0]["handle"] == "Tron"


def test_reading_ignores_a_token_that_nobody_would_accept(reader: FlaskClient) -> None:
    response = reader.get("/api/activities/home", headers={"Authorization": "Bearer nonsense"})
    assert response.status_code == 200


def test_what_has_expired_is_not_shown(service: FlaskClient, database_url: str) -> None:
    add(
        database_url,
        "UPDATE activities SET expires_at = now() - interval '1 second' WHERE message LIKE 'Cloud%'",
    )
    assert [row["handle"] for row in rows(service, "/api/activities/home")] == ["yaya2devops", "worf"]
    assert rows(service, "/api/activities/@andrewbrown") == []
    assert rows(service, "/api/activities/search?term=cloud") == []


def test_what_never_expires_is_shown(service: FlaskClient, database_url: str) -> None:
    add(database_url, "UPDATE activities SET expires_at = NULL")
    assert len(rows(service, "/api/activities/home")) == 3


def test_a_page_has_an_end(service: FlaskClient, database_url: str) -> None:
    add(
        database_url,
        """INSERT INTO activities (user_uuid, message, created_at)
        SELECT uuid, 'number ' || n, now() + n * interval '1 second' FROM users, generate_series(1, 60) AS n
        WHERE handle = 'worf'""",
    )
    for path in ("home", "@worf", "search?term=number"):
        page = rows(service, f"/api/activities/{path}")
        assert [row["message"] for row in page] == [f"number {n}" for n in range(60, 60 - MOST_ROWS, -1)]


def test_the_newest_twenty_replies_come_along(service: FlaskClient, database_url: str) -> None:
    add(
        database_url,
        """INSERT INTO activities (user_uuid, message, reply_to_activity_uuid, created_at)
        SELECT users.uuid, 'reply ' || n, activities.uuid, now() + n * interval '1 second'
        FROM users, activities, generate_series(1, 30) AS n
        WHERE handle = 'worf' AND activities.message LIKE 'Cloud%'""",
    )
    replies = rows(service, "/api/activities/@andrewbrown")[0]["replies"]
    assert isinstance(replies, list)
    assert [reply["message"] for reply in replies] == [f"reply {n}" for n in range(30, 10, -1)]


def test_a_handle_shows_one_persons_activities(reader: FlaskClient) -> None:
    assert [row["handle"] for row in rows(reader, "/api/activities/@worf")] == ["worf"]


@pytest.mark.parametrize("handle", ["nobody", "worf'--", "%25", "WORF", "a" * 128])
def test_a_handle_that_nobody_has_is_not_found(reader: FlaskClient, handle: str) -> None:
    assert reader.get(f"/api/activities/@{handle}").status_code == 404


@pytest.mark.parametrize("handle", ["%00", "a" * 129, "%20"])
def test_a_handle_that_nobody_can_have_is_refused(reader: FlaskClient, handle: str) -> None:
    assert reader.get(f"/api/activities/@{handle}").status_code == 422


@pytest.mark.parametrize(
    ("term", "handles"),
    [
        ("CLOUD", ["andrewbrown"]),
        ("lou", ["andrewbrown"]),
        ("  fun  ", ["andrewbrown"]),
        ("honor", ["worf"]),
        ("i", ["yaya2devops", "andrewbrown", "worf"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("nothing like it", []),
    ],
)
def test_search_finds_parts_of_messages(reader: FlaskClient, term: str, handles: list[str]) -> None:
    response = reader.get("/api/activities/search", query_string={"term": term})
    assert response.json is not None
    assert [row["handle"] for row in response.json["data"]] == handles


def test_search_takes_wildcards_literally(service: FlaskClient, database_url: str) -> None:
    add(
        database_url,
        "UPDATE activities SET message = '100% under_score back\\slash' WHERE message LIKE 'Cloud%'",
    )
    for term in ("100%", "under_score", "back\\slash"):
        response = service.get("/api/activities/search", query_string={"term": term})
        assert response.json is not None
        assert [row["handle"] for row in response.json["data"]] == ["andrewbrown"]


@pytest.mark.parametrize("query", ["", "?term=", "?term=%20", "?term=%00", "?term=" + "a" * 129])
def test_search_refuses_a_term_that_is_none(reader: FlaskClient, query: str) -> None:
    response = reader.get(f"/api/activities/search{query}")
    assert response.status_code == 422
    assert response.json is not None
    assert "'term'" in response.json["error"]["message"]


def test_readiness_asks_the_database(
    reader: FlaskClient, make_service: MakeService, connection_url: str
) -> None:
    assert reader.get("/api/readiness-check").json == {"success": True}
    without_schema = connection_url.rpartition("/")[0] + "/postgres"
    response = make_service(without_schema, client=FlaskClient).get("/api/readiness-check")
    assert response.status_code == 503
