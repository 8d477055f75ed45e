"""Searching costs little, whatever is searched for, and finds all that there is."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask.testing import FlaskClient

from cruddur.activities.feeds import MOST_READ_WITHOUT_INDEX
from cruddur.database.table_locks import PAUSE_SECONDS
from tests.conftest import MakeService
from tests.support.databases import Databases
from tests.support.large_table import fill

SEARCH = "/api/activities/search"
FAR_AWAY = ["needle", "C#", "#", "日本", "q", "..."]


@pytest.fixture(scope="module")
def large_url(databases: Databases, seeded_template: str) -> str:
    """A database in which what is searched for is older than all that a search reads."""
    url = databases.copy(seeded_template)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            """INSERT INTO activities (user_uuid, message, created_at)
            SELECT uuid, 'needle C# 日本 q ... ' || n, '2020-01-01'::timestamptz + n * interval '1 s'
            FROM users CROSS JOIN generate_series(1, 3) AS n WHERE handle = 'worf'"""
        )
    return fill(url, MOST_READ_WITHOUT_INDEX + 1_000)


@pytest.fixture(scope="module")
def reader(make_shared_service: MakeService, large_url: str) -> FlaskClient:
    """A client of a service with that database."""
    return make_shared_service(large_url)


@pytest.mark.parametrize("term", FAR_AWAY)
def test_what_is_far_away_is_found(reader: FlaskClient, term: str) -> None:
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        query = {"term": term} | ({"cursor": cursor} if cursor else {})
        page = reader.get(SEARCH, query_string=query).json
        assert page is not None
        found += [
            row["message"] for row in page["data"] if row["handle"] == "worf" and "needle" in row["message"]
        ]
        cursor, pages = page["next_cursor"], pages + 1
    assert found == [f"needle C# 日本 q ... {n}" for n in (3, 2, 1)]
    assert pages <= 2 + (MOST_READ_WITHOUT_INDEX + 8_000) // MOST_READ_WITHOUT_INDEX


def test_a_word_is_found_at_once_however_old(reader: FlaskClient) -> None:
    page = reader.get(SEARCH, query_string={"term": "NEEDLE"}).json
    assert page is not None
    assert len(page["data"]) == 3
    assert page["next_cursor"] is None


def test_a_word_goes_on_from_the_newest_to_the_oldest(reader: FlaskClient) -> None:
    numbers: list[int] = []
    cursor = None
    while not numbers or cursor:
        query = {"term": "message 1"} | ({"cursor": cursor} if cursor else {})
        page = reader.get(SEARCH, query_string=query).json
        assert page is not None
        numbers += [int(row["message"].split()[1]) for row in page["data"]]
        cursor = page["next_cursor"]
    last = MOST_READ_WITHOUT_INDEX + 1_000
    assert numbers == [n for n in range(last, 0, -1) if str(n).startswith("1")]


def test_searches_that_are_slow_take_no_thread_from_the_others(
    make_service: MakeService, database_url: str
) -> None:
    client = make_service(database_url, client=FlaskClient)
    assert client.get("/api/activities/home").status_code == 200
    with psycopg.connect(database_url) as blocking, ThreadPoolExecutor(32) as threads:
        blocking.execute("LOCK TABLE activities IN ACCESS EXCLUSIVE MODE")

        def search(_: int) -> tuple[int, bool, float]:
            began = time.monotonic()
            answer = client.application.test_client().get(SEARCH, query_string={"term": "q#"})
            return answer.status_code, "Retry-After" in answer.headers, time.monotonic() - began

        answers = list(threads.map(search, range(32)))
    assert {answer[:2] for answer in answers} == {(503, True)}
    assert max(seconds for *_, seconds in answers) < 1
    time.sleep(PAUSE_SECONDS)
    assert client.get(SEARCH, query_string={"term": "cloud"}).status_code == 200
