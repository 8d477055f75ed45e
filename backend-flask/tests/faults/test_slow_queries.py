"""Queries that are slow in a large table, or cannot be run at all, are noticed by nobody else."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import service_environment
from tests.support.databases import address
from tests.support.kept_postgres import kept_postgres
from tests.support.many_clients import asking
from tests.support.probe import probing
from tests.support.server import Server, running_service
from tests.support.user_pool import UserPool

# The first test may have to make the million rows.
pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
CLIENTS = 32
MOST_SECONDS = 0.5
# A second, and what 32 clients on the same two processors add to a search that runs.
MOST_SECONDS_OF_A_SEARCH = 2.5
MOST_SECONDS_OF_THE_LOCKED = 1.5
SECONDS = 6
RELICS = 300_000
SEARCH = "/api/activities/search?term="
HOME = "/api/activities/home"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of a database with a million living activities, and many of one word that have expired."""
    with kept_postgres() as postgres:
        url = address(postgres.url, "slow_queries")
        with psycopg.connect(address(url, "postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS slow_queries WITH (FORCE)")
            connection.execute("CREATE DATABASE slow_queries TEMPLATE cruddur STRATEGY file_copy")
            with psycopg.connect(url, autocommit=True) as relics:
                relics.execute(
                    """INSERT INTO activities (user_uuid, message, created_at, expires_at)
                    SELECT uuid, 'relic ' || n, now() - interval '2 hours', now() - interval '1 hour'
                    FROM users CROSS JOIN generate_series(1, %s) AS n WHERE handle = 'worf'""",
                    [RELICS],
                )
                relics.execute("VACUUM ANALYZE activities")
            yield url
            connection.execute("DROP DATABASE slow_queries WITH (FORCE)")


@pytest.fixture(scope="module")
def server(database: str, user_pool: UserPool) -> Iterator[Server]:
    """A running service with that database."""
    with running_service(service_environment(database, user_pool)) as server:
        assert server.get(HOME) == 200
        yield server


@pytest.mark.parametrize("term", ["q%23", "relic", "%23", "message"])
def test_searches_delay_nobody(server: Server, term: str) -> None:
    with asking(server.port, SEARCH + term, CLIENTS) as told, probing(server, MOST_SECONDS):
        time.sleep(SECONDS)
    assert set(told.answers) <= {"200", "503, Retry-After"}, told
    assert told.answers["200"], told
    assert told.longest < MOST_SECONDS_OF_A_SEARCH, told


@pytest.mark.parametrize("path", [HOME, SEARCH + "q%23"])
def test_a_locked_table_is_told_at_once(server: Server, database: str, path: str) -> None:
    with psycopg.connect(database) as blocking:
        blocking.execute("LOCK TABLE activities IN ACCESS EXCLUSIVE MODE")
        with asking(server.port, path, CLIENTS) as told, probing(server, MOST_SECONDS, home={503}):
            time.sleep(SECONDS)
    assert set(told.answers) == {"503, Retry-After"}, told
    assert told.longest < MOST_SECONDS_OF_THE_LOCKED, told
