"""What has expired is deleted, a bounded number of rows at a time, with its conversation."""

from collections.abc import Iterator

import psycopg
import pytest
from flask.testing import FlaskClient

from cruddur.activities.sweep import MOST_ROWS, Sweep
from cruddur.database.connection_url import ConnectionUrl
from cruddur.database.connections import Database
from cruddur.database.statements import statement


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """No service's, which would sweep it by itself."""
    database = Database(ConnectionUrl.parse(database_url), 1)
    yield database
    database.close()


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def messages(connection: psycopg.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT message FROM activities")}


EXPIRED = """
INSERT INTO activities (user_uuid, message, expires_at)
SELECT uuid, 'expired ' || n, now() - interval '1 second'
FROM users CROSS JOIN generate_series(1, %s) AS n WHERE handle = 'worf'"""
REPLY_TO = """
INSERT INTO activities (user_uuid, message, reply_to_activity_uuid)
SELECT user_uuid, 'reply to ' || left(message, 900), uuid
FROM activities CROSS JOIN generate_series(1, %s) WHERE message = %s"""


def test_what_has_expired_goes_and_nothing_else(database: Database, connection: psycopg.Connection) -> None:
    before = messages(connection)
    connection.execute("UPDATE activities SET expires_at = NULL WHERE message LIKE 'Cloud%'")
    connection.execute(EXPIRED, [2 * MOST_ROWS + 1])
    assert Sweep(database).sweep() == 2 * MOST_ROWS + 1
    assert messages(connection) == before
    assert Sweep(database).sweep() == 0


def test_a_conversation_goes_bit_by_bit(connection: psycopg.Connection) -> None:
    before = messages(connection)
    connection.execute(EXPIRED, [1])
    deepest = "expired 1"
    for _ in range(30):
        connection.execute(REPLY_TO, [1, deepest])
        deepest = f"reply to {deepest}"[:909]
    connection.execute(REPLY_TO, [3 * MOST_ROWS, "expired 1"])
    connection.execute(REPLY_TO, [1, "reply to expired 1"])
    values = {"most": MOST_ROWS, "lock": 1}
    while count := connection.execute(statement("sweep"), values).rowcount:
        assert count <= 2 * MOST_ROWS
    assert messages(connection) == before


def test_one_sweeps_at_a_time(database: Database, connection: psycopg.Connection, database_url: str) -> None:
    connection.execute(EXPIRED, [1])
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(4568)")
        assert Sweep(database).sweep() == 0
    assert Sweep(database).sweep() == 1


def test_a_service_that_is_used_sweeps(service: FlaskClient, connection: psycopg.Connection) -> None:
    connection.execute(EXPIRED, [1])
    assert service.get("/api/activities/home").status_code == 200
    while "expired 1" in messages(connection):
        pass
