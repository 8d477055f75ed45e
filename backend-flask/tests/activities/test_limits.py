"""Limits that hold for everybody: how much a person may post, and what the database itself refuses."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.conftest import MakeService
from tests.support.user_pool import UserPool

ACTIVITIES = "/api/activities"
MOST_ATTEMPTS = 5


def test_a_person_may_post_so_much_in_a_minute(
    make_service: MakeService, user_pool: UserPool, database_url: str
) -> None:
    """Both instances count together, also at the same moment; what is refused is not counted."""
    limit = 6
    instances = [make_service(database_url, POSTS_PER_MINUTE=str(limit)) for _ in range(2)]
    headers = user_pool.sign_in()

    def post(client: FlaskClient) -> tuple[int, str | None]:
        for _ in range(MOST_ATTEMPTS):
            fresh = client.application.test_client()
            answer = fresh.post(ACTIVITIES, json={"message": "hi"}, headers=headers)
            if answer.status_code != 503:  # what a slow disk makes of eight posts that wait for the same row
                break
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, itertools.islice(itertools.cycle(instances), 4 * limit)))
    assert [status for status, _ in answers].count(201) == limit
    assert {status for status, _ in answers} == {201, 429}
    assert all(retry is None or 1 <= int(retry) <= 10 for _, retry in answers)
    another = user_pool.sign_in(sub="another", username="another")
    assert instances[0].post(ACTIVITIES, json={"message": "hi"}, headers=another).status_code == 201
    assert instances[0].get(f"{ACTIVITIES}/home").status_code == 200
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE users SET posting_until = posting_until - interval '10 s'")
    assert post(instances[1])[0] == 201
    assert post(instances[0])[0] == 429


def test_a_retry_of_what_was_written_is_not_too_much(
    make_service: MakeService, user_pool: UserPool, database_url: str
) -> None:
    client = make_service(database_url, POSTS_PER_MINUTE="1")
    headers = user_pool.sign_in() | {"Idempotency-Key": "one"}
    answers = [client.post(ACTIVITIES, json={"message": "hi"}, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3


REFUSED_ROWS = {
    "activities_message_length": "UPDATE activities SET message = repeat('a', 281)",
    "activities_counts": "UPDATE activities SET likes_count = -1",
    "users_handle_length": "UPDATE users SET handle = repeat('a', 129)",
    "users_display_name_length": "UPDATE users SET display_name = repeat('a', 129)",
    "activities_no_reply_to_itself": "UPDATE activities SET reply_to_activity_uuid = uuid",
}


@pytest.mark.parametrize("name", REFUSED_ROWS)
def test_the_database_keeps_the_limits_too(name: str, connection_url: str) -> None:
    with (
        psycopg.connect(connection_url) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match=name),
    ):
        connection.execute(REFUSED_ROWS[name].encode())


def test_a_busy_activity_is_replied_to_by_all(
    make_service: MakeService, user_pool: UserPool, database_url: str
) -> None:
    instances = [make_service(database_url) for _ in range(2)]
    home = instances[0].get(f"{ACTIVITIES}/home").json
    assert home is not None
    path = f"{ACTIVITIES}/{home['data'][0]['uuid']}/reply"
    people = [user_pool.sign_in(sub=f"person {n}", username=f"person-{n}") for n in range(24)]

    def reply(number: int) -> int:
        """Replies as often as the service asks for it; gives how often that was."""
        client = instances[number % 2].application.test_client()
        headers = people[number % 24] | {"Idempotency-Key": f"reply-{number}"}
        attempts = 0
        while True:
            attempts += 1
            answer = client.post(path, json={"message": "hi"}, headers=headers)
            if answer.status_code == 201:
                return attempts
            assert answer.status_code == 503
            assert "Retry-After" in answer.headers

    with ThreadPoolExecutor(16) as threads:
        attempts = list(threads.map(reply, range(240)))
    # A busy machine may make somebody wait for longer than a request may; nobody does so for ever.
    assert max(attempts) <= MOST_ATTEMPTS
    home = instances[0].get(f"{ACTIVITIES}/home").json
    assert home is not None
    assert home["data"][0]["replies_count"] == 241
