"""What a person who has signed in may write."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from cruddur.activities.posting import LIFETIMES
from tests.support.user_pool import UserPool

ACTIVITIES = "/api/activities"
WHITE_SPACE = "\ufeff" + "".join(each for each in map(chr, range(0x3001)) if each.isspace())
NOBODY = "00000000-0000-4000-8000-000000000000"


def write(client: FlaskClient, pool: UserPool, body: object, path: str = ACTIVITIES) -> TestResponse:
    return client.post(path, json=body, headers=pool.sign_in())


def first(response: TestResponse) -> dict[str, object]:
    assert response.json is not None
    data = response.json["data"]
    found: dict[str, object] = data[0] if isinstance(data, list) else data
    return found


def test_what_is_written_is_read(service: FlaskClient, user_pool: UserPool) -> None:
    written = write(service, user_pool, {"message": "  Hello, Cruddur! \N{ROCKET}  ", "ttl": "1-hour"})
    assert written.status_code == 201, written.text
    row = first(written)
    assert row["handle"] == "ada"
    assert row["message"] == "Hello, Cruddur! \N{ROCKET}"
    assert row["reply_to_activity_uuid"] is None
    assert first(service.get("/api/activities/home"))["uuid"] == row["uuid"]
    assert first(service.get("/api/activities/@ada"))["uuid"] == row["uuid"]


@pytest.mark.parametrize("lifetime", [*LIFETIMES, None])
def test_an_activity_lives_as_long_as_its_author_wants(
    shared_service: FlaskClient, user_pool: UserPool, lifetime: str | None
) -> None:
    body = {"message": "hi"} if lifetime is None else {"message": "hi", "ttl": lifetime}
    row = first(write(shared_service, user_pool, body))
    lived = datetime.fromisoformat(str(row["expires_at"])) - datetime.fromisoformat(str(row["created_at"]))
    assert abs(lived - LIFETIMES[lifetime or "7-days"]) < timedelta(seconds=1)


def test_a_reply_is_counted_and_shown(service: FlaskClient, user_pool: UserPool) -> None:
    parent = first(service.get("/api/activities/home"))
    written = write(service, user_pool, {"message": "Well done"}, f"{ACTIVITIES}/{parent['uuid']}/reply")
    assert written.status_code == 201, written.text
    assert first(written)["reply_to_activity_uuid"] == parent["uuid"]
    answered = first(service.get("/api/activities/home"))
    assert answered["uuid"] == parent["uuid"], "a reply is no activity of the home page's own"
    assert answered["replies_count"] == 2
    assert isinstance(answered["replies"], list)
    assert [reply["message"] for reply in answered["replies"]][:1] == ["Well done"]


def test_no_reply_to_what_is_not_there(service: FlaskClient, user_pool: UserPool, database_url: str) -> None:
    assert write(service, user_pool, {"message": "hi"}, f"{ACTIVITIES}/{NOBODY}/reply").status_code == 404
    assert write(service, user_pool, {"message": "hi"}, f"{ACTIVITIES}/7/reply").status_code == 404
    parent = first(service.get("/api/activities/home"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE activities SET expires_at = now()")
    reply = f"{ACTIVITIES}/{parent['uuid']}/reply"
    assert write(service, user_pool, {"message": "hi"}, reply).status_code == 404


def test_no_reply_to_a_reply_of_what_has_expired(
    service: FlaskClient, user_pool: UserPool, database_url: str
) -> None:
    uuid = first(write(service, user_pool, {"message": "a root"}))["uuid"]
    for depth in range(3):
        answered = write(service, user_pool, {"message": f"depth {depth}"}, f"{ACTIVITIES}/{uuid}/reply")
        assert answered.status_code == 201
        uuid = first(answered)["uuid"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE activities SET expires_at = now() WHERE message = 'a root'")
    assert write(service, user_pool, {"message": "hi"}, f"{ACTIVITIES}/{uuid}/reply").status_code == 404
    assert service.get(f"{ACTIVITIES}/{uuid}/replies").status_code == 404


def test_replies_at_once_are_all_counted(service: FlaskClient, user_pool: UserPool) -> None:
    parent = first(service.get("/api/activities/home"))
    headers = user_pool.sign_in()

    def reply(number: int) -> int:
        client = service.application.test_client()
        path = f"{ACTIVITIES}/{parent['uuid']}/reply"
        return client.post(path, json={"message": f"reply {number}"}, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(reply, range(24))) == {201}
    assert first(service.get("/api/activities/home"))["replies_count"] == 25


def test_a_first_message_makes_one_person(
    service: FlaskClient, user_pool: UserPool, database_url: str
) -> None:
    headers = user_pool.sign_in(sub="new-subject", username="grace")

    def post(_: int) -> int:
        client = service.application.test_client()
        return client.post(ACTIVITIES, json={"message": "hi"}, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(post, range(8))) == {201}
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT cognito_user_id FROM users WHERE handle = 'grace'").fetchall()
    assert found == [("new-subject",)]


INVISIBLE = [
    "\N{ZERO WIDTH SPACE}",
    "\N{WORD JOINER}\N{ZERO WIDTH JOINER} \N{LEFT-TO-RIGHT MARK}",
    "\x01\x1b\x7f\x80",
    "\N{COMBINING ACUTE ACCENT}" * 9,
    "\N{COMBINING ENCLOSING CIRCLE}\N{VARIATION SELECTOR-16}",
    "\N{HANGUL FILLER}\N{BRAILLE PATTERN BLANK}",
    "\N{SOFT HYPHEN}\N{TAG LATIN SMALL LETTER A}",
]
REFUSED_BODIES = [
    ({}, "message"),
    ({"message": ""}, "message"),
    ({"message": " \n\t"}, "message"),
    ({"message": None}, "message"),
    ({"message": 7}, "message"),
    ({"message": ["hi"]}, "message"),
    ({"message": "a" * 281}, "280"),
    ({"message": "nul \0"}, "message"),
    ({"message": "half \ud83d"}, "message"),
    *[({"message": text}, "message") for text in INVISIBLE],
    ({"message": "hi", "ttl": ""}, "ttl"),
    ({"message": "hi", "ttl": None}, "ttl"),
    ({"message": "hi", "ttl": "2-days"}, "ttl"),
    ({"message": "hi", "ttl": ["1-day"]}, "ttl"),
    ([], "object"),
    ("hi", "object"),
    (7, "object"),
]


@pytest.mark.parametrize(("body", "named"), REFUSED_BODIES)
def test_a_body_that_is_not_allowed_is_refused_by_name(
    shared_service: FlaskClient, user_pool: UserPool, body: object, named: str
) -> None:
    response = write(shared_service, user_pool, body)
    assert response.status_code == 422
    assert response.json is not None
    assert named in response.json["error"]["message"]


def test_a_message_may_have_280_characters_and_a_reply_1024(
    shared_service: FlaskClient, user_pool: UserPool
) -> None:
    written = write(shared_service, user_pool, {"message": "\N{ROCKET}" * 280})
    assert written.status_code == 201
    path = f"{ACTIVITIES}/{first(written)['uuid']}/reply"
    assert write(shared_service, user_pool, {"message": "a" * 1024}, path).status_code == 201
    assert write(shared_service, user_pool, {"message": "a" * 1025}, path).status_code == 422


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=st.text(max_size=300))
@example("\x85")
@example("\ufeff")
@example("'); DROP TABLE activities; --")
@example("%s %(message)s {} $1 \\' \" ` \N{NO-BREAK SPACE}")
def test_any_text_is_stored_as_it_is_or_refused(
    shared_service: FlaskClient, user_pool: UserPool, message: str
) -> None:
    response = write(shared_service, user_pool, {"message": message})
    if response.status_code == 201:
        assert first(response)["message"] == message.strip(WHITE_SPACE)
    else:
        assert response.status_code == 422
        invisible = all(unicodedata.category(each)[0] in "CZM" or each in "\u3164\u2800" for each in message)
        assert invisible or len(message) > 280 or "\0" in message
