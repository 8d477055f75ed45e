"""Which pages in a browser may use the service: those of the front end and of the service itself."""

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import BACKEND, FRONTEND

ALLOWED = "Access-Control-Allow-Origin"
HOME = "/api/activities/home"


@pytest.mark.parametrize("origin", [FRONTEND, BACKEND])
def test_the_front_end_and_the_service_itself_may_read(shared_service: FlaskClient, origin: str) -> None:
    response = shared_service.get(HOME, headers={"Origin": origin})
    assert response.headers[ALLOWED] == origin
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", [FRONTEND, BACKEND])
def test_they_may_write_with_a_token(shared_service: FlaskClient, origin: str) -> None:
    response = shared_service.options(
        "/api/activities",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        },
    )
    assert response.status_code == 200
    assert response.headers[ALLOWED] == origin
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert {"authorization", "content-type"} <= {
        each.strip().lower() for each in response.headers["Access-Control-Allow-Headers"].split(",")
    }


def test_an_error_can_be_read_too(shared_service: FlaskClient) -> None:
    response = shared_service.post("/api/activities", headers={"Origin": FRONTEND})
    assert response.status_code == 401
    assert response.headers[ALLOWED] == FRONTEND


NEAR_MISSES = ["null", "https://evil.example", "http://cruddur.example", "https://cruddur.example:8443"]
NEAR_MISSES += ["https://cruddur.example.evil.example", "https://xcruddur.example", "https://cruddurxexample"]


@pytest.mark.parametrize("origin", NEAR_MISSES)
def test_nobody_else_may(shared_service: FlaskClient, origin: str) -> None:
    assert ALLOWED not in shared_service.get(HOME, headers={"Origin": origin}).headers


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.from_regex(r"https?://[a-z.*?^$\[\]()+|-]{1,20}(:[0-9]{1,5})?", fullmatch=True))
def test_nothing_else_that_looks_like_an_origin_may(shared_service: FlaskClient, origin: str) -> None:
    response = shared_service.get("/api/health-check", headers={"Origin": origin})
    assert ALLOWED not in response.headers or origin in {FRONTEND, BACKEND}
