"""What the tests share: a PostgreSQL, databases on it that a test may change, a user pool, the service."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from xdist.scheduler import LoadFileScheduling

from cruddur.application import create_app
from cruddur.settings import COGNITO_ENDPOINT_VARIABLE, Settings
from tests.support.databases import RUN_URL, TEMPLATE_URL, Databases, shared_server
from tests.support.instances import INSTANCES, balanced
from tests.support.patient_client import PatientClient
from tests.support.user_pool import CLIENT_ID, POOL_ID, UserPool, serving_user_pool

FRONTEND = "https://cruddur.example"
BACKEND = "https://api.cruddur.example"
# The files whose tests take longest, in this order.
LONGEST = [
    "test_image",
    "test_database_commands",
    "test_server",
    "test_home_plan",
    "test_database",
    "test_search",
]


def pytest_configure(config: pytest.Config) -> None:
    """Begins what the processes of the run share, in the one that starts the others."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        run = ExitStack()
        config.add_cleanup(run.close)
        run.enter_context(shared_server())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:  # noqa: ANN401 - xdist's own log
    """A file's tests go to one process, which makes once what they share; in the order of collection."""
    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nothing is left to do when it ends."""
    names = [item.path.stem for item in items]
    order = {name: LONGEST.index(name) if name in LONGEST else len(LONGEST) for name in names}
    items.sort(key=lambda item: order[item.path.stem])


@pytest.fixture(scope="session")
def connection_url() -> str:
    """The run's seeded database, which no test changes: CONNECTION_URL's, else one on a server of its own."""
    return os.environ[RUN_URL]


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


@pytest.fixture(scope="session")
def databases(connection_url: str) -> Iterator[Databases]:
    """Databases for tests that write."""
    databases = Databases(connection_url)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def seeded_template() -> str:
    """A seeded database that nobody connects to, so that it can be copied."""
    return os.environ[TEMPLATE_URL]


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
    """Makes clients of services, for a database's address, perhaps a user pool, and other changes.

    They are patient, unless a test is about what is refused for the moment.
    """
    with ExitStack() as stack:

        def make(
            url: str,
            pool: UserPool = user_pool,
            client: type[FlaskClient] = PatientClient,
            **changes: str,
        ) -> FlaskClient:
            environment = service_environment(url, pool) | changes
            service = create_app(Settings.from_environment(environment))
            service.test_client_class = client
            stack.callback(service.extensions["database"].close)
            if INSTANCES:
                service.wsgi_app = stack.enter_context(balanced(environment))  # type: ignore[method-assign]
            return service.test_client()

        yield make


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
