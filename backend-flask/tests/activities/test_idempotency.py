"""A post that is sent again with its Idempotency-Key is written once, and has one answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cruddur.activities.sweep import KEYS_KEPT, Sweep
from tests.conftest import MakeService
from tests.support.user_pool import UserPool

ACTIVITIES = "/api/activities"


@pytest.fixture
def key() -> str:
    return f'"{uuid4()}"'


def post(client: FlaskClient, pool: UserPool, key: str, message: str = "hi", **claims: str) -> TestResponse:
    headers = pool.sign_in(**claims) | {"Idempotency-Key": key}
    return client.post(ACTIVITIES, json={"message": message}, headers=headers)


def count(url: str, message: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM activities WHERE message = %s", [message]).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def test_the_same_key_has_the_same_answer(
    service: FlaskClient, user_pool: UserPool, key: str, database_url: str
) -> None:
    first = post(service, user_pool, key, "once")
    assert first.status_code == 201
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE activities SET expires_at = now(), likes_count = 7")
    again = post(service, user_pool, key.strip('"'), "once")
    assert (again.status_code, again.data) == (201, first.data)
    # It has expired: it may be swept by now.
    assert count(database_url, "once") <= 1


def test_a_reply_too(service: FlaskClient, user_pool: UserPool, key: str, database_url: str) -> None:
    home = service.get("/api/activities/home").json
    assert home is not None
    path = f"{ACTIVITIES}/{home['data'][0]['uuid']}/reply"
    headers = user_pool.sign_in() | {"Idempotency-Key": key}
    answers = [service.post(path, json={"message": "once"}, headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count(database_url, "once") == 1
    counted = service.get("/api/activities/home").json
    assert counted is not None
    assert counted["data"][0]["replies_count"] == home["data"][0]["replies_count"] + 1


def test_at_once_it_is_written_once(
    make_service: MakeService, user_pool: UserPool, key: str, database_url: str
) -> None:
    instances = [make_service(database_url), make_service(database_url)]

    def send(number: int) -> TestResponse:
        client = instances[number % 2].application.test_client()
        return post(client, user_pool, key, "at once", sub="new-person", username="newcomer")

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(send, range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count(database_url, "at once") == 1


def test_another_request_with_that_key_is_refused(
    shared_service: FlaskClient, user_pool: UserPool, key: str
) -> None:
    written = post(shared_service, user_pool, key, "one")
    assert written.json is not None
    refused = post(shared_service, user_pool, key, "another")
    assert refused.status_code == 422
    assert refused.json is not None
    assert "Idempotency-Key" in refused.json["error"]["message"]
    path = f"{ACTIVITIES}/{written.json['data']['uuid']}/reply"
    headers = user_pool.sign_in() | {"Idempotency-Key": key}
    assert shared_service.post(path, json={"message": "one"}, headers=headers).status_code == 422
    headers = user_pool.sign_in() | {"Idempotency-Key": key}
    lives_longer = {"message": "one", "ttl": "30-days"}
    assert shared_service.post(ACTIVITIES, json=lives_longer, headers=headers).status_code == 422


def test_a_key_is_its_persons_own(shared_service: FlaskClient, user_pool: UserPool, key: str) -> None:
    ours = post(shared_service, user_pool, key, "ours")
    theirs = post(shared_service, user_pool, key, "theirs", sub="somebody-else", username="somebody-else")
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.data != theirs.data


def test_a_refused_request_leaves_its_key_free(
    shared_service: FlaskClient, user_pool: UserPool, key: str
) -> None:
    assert post(shared_service, user_pool, key, "").status_code == 422
    assert post(shared_service, user_pool, key, "not blank").status_code == 201


@pytest.mark.parametrize(
    "key", ["", '""', '"', '"a', 'a"b', "a b", '"\xe9"', "k" * 256, '"' + "k" * 256 + '"']
)
def test_a_key_that_is_none_is_refused(shared_service: FlaskClient, user_pool: UserPool, key: str) -> None:
    refused = post(shared_service, user_pool, key)
    assert refused.status_code == 400
    assert refused.json is not None
    assert "Idempotency-Key" in refused.json["error"]["message"]


def test_keys_are_kept_for_a_time(
    service: FlaskClient, user_pool: UserPool, key: str, database_url: str
) -> None:
    post(service, user_pool, key, "old")
    post(service, user_pool, "young", "young")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE idempotency_keys SET created_at = now() - %s WHERE key = %s",
            (KEYS_KEPT + timedelta(seconds=1), key.strip('"')),
        )
        Sweep(service.application.extensions["database"]).sweep()
        assert connection.execute("SELECT key FROM idempotency_keys").fetchall() == [("young",)]
    assert post(service, user_pool, key, "new").status_code == 201
