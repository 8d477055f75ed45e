"""The run's PostgreSQL, and databases on it that a test may change."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database_commands import definition, lifecycle, migrations
from tests.support.postgres import running_server

# Read before a test sets its own.
GIVEN_URL = os.environ.get("CONNECTION_URL") or os.environ.get("DATABASE_URL")
# How the processes of a run know of what they share.
RUN_URL = "CRUDDUR_TEST_RUN_URL"
TEMPLATE_URL = "CRUDDUR_TEST_TEMPLATE_URL"
_WAIT_SECONDS = 60


@contextmanager
def shared_server() -> Iterator[None]:
    """Names in the environment a seeded database that is read, and one that is copied.

    They are on the server of CONNECTION_URL, else of DATABASE_URL, else on one that lasts as long as the run.
    """
    with nullcontext(GIVEN_URL) if GIVEN_URL else running_server(in_memory=True) as url:
        prepare(url)
        databases = Databases(url)
        os.environ |= {RUN_URL: url, TEMPLATE_URL: databases.name()}
        prepare(os.environ[TEMPLATE_URL])
        try:
            yield
        finally:
            databases.close()


def prepare(url: str) -> None:
    """Makes, migrates and seeds the database."""
    parsed = ConnectionUrl.parse(url)
    lifecycle.create(parsed, _WAIT_SECONDS)
    migrations.migrate(parsed, _WAIT_SECONDS)
    definition.seed(parsed, _WAIT_SECONDS)


def address(url: str, database: str) -> str:
    """The same server's address with another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


class Databases:
    """Makes databases on the run's server and removes them all."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._administration = psycopg.connect(address(url, "postgres"), autocommit=True)
        self._made: list[str] = []

    def name(self) -> str:
        """The address of a database that is not there yet; it is removed in the end if it is made."""
        url = address(self._url, f"cruddur_test_{uuid4().hex}")
        self._made.append(url)
        return url

    def copy(self, template_url: str) -> str:
        """A new database with everything that the template holds."""
        url = self.name()
        self._administration.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(_identifier(url), _identifier(template_url))
        )
        return url

    def close(self) -> None:
        """Removes every database that was made, unless their server goes too, which is quicker."""
        for url in self._made if GIVEN_URL else []:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_identifier(url))
            self._administration.execute(drop)
        self._administration.close()


def _identifier(url: str) -> sql.Identifier:
    return sql.Identifier(urlsplit(url).path[1:])
