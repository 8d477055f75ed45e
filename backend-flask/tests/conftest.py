"""What the tests share: a PostgreSQL, databases on it that a test may change, a user pool, the service."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from cruddur.application import create_app
from cruddur.settings import COGNITO_ENDPOINT_VARIABLE, Settings
from tests.postgres import running_server
from tests.user_pool import CLIENT_ID, POOL_ID, UserPool, serving_user_pool

REPOSITORY = Path(__file__).parents[2]
FRONTEND = "https://cruddur.example"
BACKEND = "https://api.cruddur.example"
COMMAND_SECONDS = 60
# Read before a test sets its own.
GIVEN_URL = os.environ.get("CONNECTION_URL") or os.environ.get("DATABASE_URL")


def run_database_command(name: str, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs `bash ./bin/db/NAME` from the repository's root, as people and the buildspec do."""
    return subprocess.run(
        ["bash", f"./bin/db/{name}", *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"CONNECTION_URL": url},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def prepare(url: str) -> None:
    """Makes, defines and seeds the database."""
    for command in ("create", "schema-load", "seed"):
        done = run_database_command(command, url)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def connection_url() -> Iterator[str]:
    """The run's seeded database: CONNECTION_URL's, else DATABASE_URL's, else one on a server of its own."""
    if GIVEN_URL:
        prepare(GIVEN_URL)
        yield GIVEN_URL
        return
    with running_server() as url:
        prepare(url)
        yield url


@pytest.fixture(scope="session")
def environment(connection_url: str) -> Iterator[dict[str, str]]:
    """The environment that the service starts in; what the caller has set is kept."""
    defaults = {
        "AWS_COGNITO_USER_POOL_ID": POOL_ID,
        "AWS_COGNITO_USER_POOL_CLIENT_ID": CLIENT_ID,
        "FRONTEND_URL": FRONTEND,
        "BACKEND_URL": BACKEND,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNECTION_URL", connection_url)
        for name, value in defaults.items():
            patch.setenv(name, os.environ.get(name) or value)
        yield dict(os.environ)


@pytest.fixture(scope="session")
def app(environment: dict[str, str]) -> Iterator[Flask]:
    """The service as a WSGI server imports it; it reads only, so that every test may use it."""
    assert environment
    from app import app as service  # noqa: PLC0415 - importing it reads the environment

    yield service
    service.extensions["database"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the service as it is imported."""
    return app.test_client()


def address(url: str, database: str) -> str:
    """The same server's address with another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


class Databases:
    """Makes databases on the run's server and removes them all."""

    def __init__(self, url: str, *, outlives_run: bool) -> None:
        self._url = url
        self._outlives_run = outlives_run
        self._administration = psycopg.connect(address(url, "postgres"), autocommit=True)
        self._made: list[str] = []

    def name(self) -> str:
        """The address of a database that is not there yet; it is removed in the end if it is made."""
        self._made.append(f"cruddur_test_{uuid4().hex}")
        return address(self._url, self._made[-1])

    def copy(self, template_url: str) -> str:
        """A new database with everything that the template holds."""
        url = self.name()
        names = [sql.Identifier(urlsplit(each).path[1:]) for each in (url, template_url)]
        self._administration.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return url

    def close(self) -> None:
        """Removes every database that was made, unless their server goes too, which is quicker."""
        for name in self._made if self._outlives_run else []:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            self._administration.execute(drop)
        self._administration.close()


@pytest.fixture(scope="session")
def databases(connection_url: str) -> Iterator[Databases]:
    """Databases for tests that write."""
    databases = Databases(connection_url, outlives_run=GIVEN_URL is not None)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def seeded_template(databases: Databases) -> str:
    """A seeded database that nobody connects to, so that it can be copied."""
    url = databases.name()
    prepare(url)
    return url


@pytest.fixture
def database_url(databases: Databases, seeded_template: str) -> str:
    """A seeded database for one test alone."""
    return databases.copy(seeded_template)


@pytest.fixture(scope="session")
def user_pool() -> Iterator[UserPool]:
    """A user pool whose keys are served on this machine."""
    with serving_user_pool() as pool:
        yield pool


def service_environment(url: str, pool: UserPool) -> dict[str, str]:
    """The variables of a service with that database and that user pool."""
    return {
        "CONNECTION_URL": url,
        "AWS_COGNITO_USER_POOL_ID": POOL_ID,
        "AWS_COGNITO_USER_POOL_CLIENT_ID": CLIENT_ID,
        COGNITO_ENDPOINT_VARIABLE: pool.endpoint,
        "FRONTEND_URL": FRONTEND,
        "BACKEND_URL": BACKEND,
        "POSTS_PER_MINUTE": "1000000",
    }


MakeService = Callable[..., FlaskClient]


@contextmanager
def making_services(user_pool: UserPool) -> Iterator[MakeService]:
    """Makes clients of services, for a database's address, perhaps a user pool, and other changes."""
    made: list[Flask] = []

    def make(url: str, pool: UserPool = user_pool, **changes: str) -> FlaskClient:
        made.append(create_app(Settings.from_environment(service_environment(url, pool) | changes)))
        return made[-1].test_client()

    yield make
    for service in made:
        service.extensions["database"].close()


@pytest.fixture
def make_service(user_pool: UserPool) -> Iterator[MakeService]:
    """Makes clients of services that one test uses."""
    with making_services(user_pool) as make:
        yield make


@pytest.fixture(scope="session")
def make_shared_service(user_pool: UserPool, connection_url: str) -> Iterator[MakeService]:
    """Makes clients of services that several tests use; their connections end before the server does."""
    assert connection_url
    with making_services(user_pool) as make:
        yield make


@pytest.fixture(scope="session")
def shared_service(
    make_shared_service: MakeService, databases: Databases, seeded_template: str
) -> FlaskClient:
    """A client of a service for tests that neither read what others write nor change what others read."""
    return make_shared_service(databases.copy(seeded_template))


@pytest.fixture
def service(make_service: MakeService, database_url: str) -> FlaskClient:
    """A client of a service with a seeded database for this test alone."""
    return make_service(database_url)
