"""Every error is JSON with one shape, and tells nothing of the inside."""

import logging

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import MakeService
from tests.support.user_pool import UserPool

ACTIVITIES = "/api/activities"


def assert_error(response: TestResponse, status: int, code: str) -> str:
    assert response.status_code == status, response.text
    assert response.content_type == "application/json"
    assert response.json is not None
    error = response.json["error"]
    assert set(error) == {"code", "message", "request_id"}
    assert error["code"] == code
    assert error["request_id"] == response.headers["X-Request-Id"]
    assert "Traceback" not in response.text
    message: str = error["message"]
    return message


@pytest.mark.parametrize("path", ["/", "/api", "/api/activities/home/", "/api/nope", "/static/app.py"])
def test_an_unknown_path_is_not_found(client: FlaskClient, path: str) -> None:
    assert_error(client.get(path), 404, "not_found")


def test_a_wrong_method_is_named_with_the_right_ones(client: FlaskClient) -> None:
    response = client.delete("/api/health-check")
    assert_error(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("body", [b"", b"{", b"{'message': 'hi'}", b"\xff\xfe", b"[" * 10_000])
def test_a_body_that_is_no_json_is_a_bad_request(
    shared_service: FlaskClient, user_pool: UserPool, body: bytes
) -> None:
    for content_type in ("application/json", "text/plain", None):
        response = shared_service.post(
            ACTIVITIES, data=body, content_type=content_type, headers=user_pool.sign_in()
        )
        assert_error(response, 400, "bad_request")


def test_a_body_that_is_too_large_is_refused(shared_service: FlaskClient, user_pool: UserPool) -> None:
    body = b'{"message": "' + b"a" * 16 * 1024 + b'"}'
    response = shared_service.post(ACTIVITIES, data=body, headers=user_pool.sign_in())
    assert_error(response, 413, "content_too_large")


def test_who_does_not_say_who_they_are_is_told_so_before_anything_else(shared_service: FlaskClient) -> None:
    assert_error(shared_service.post(ACTIVITIES, data=b"{"), 401, "unauthorized")


@pytest.mark.one_process
def test_the_unexpected_is_logged_and_not_shown(
    service: FlaskClient, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP VIEW activity_rows")
    with caplog.at_level(logging.INFO):
        message = assert_error(service.get("/api/activities/home"), 500, "internal_server_error")
    assert "activity_rows" not in message
    logged = [record for record in caplog.records if record.name == "cruddur.errors"]
    assert [record.exc_info is not None for record in logged] == [True]
    assert "activity_rows" in caplog.text


@pytest.mark.one_process
def test_a_database_that_is_not_there_is_unavailable(
    make_service: MakeService, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_service("postgresql://someone:s3cr3t-word@127.0.0.1:1/cruddur", client=FlaskClient)
    for path in ("activities/home", "activities/@worf", "activities/search?term=a", "readiness-check"):
        response = client.get(f"/api/{path}")
        assert_error(response, 503, "service_unavailable")
        assert int(response.headers["Retry-After"]) > 0
        assert "s3cr3t-word" not in response.text
    assert client.get("/api/health-check").status_code == 200
    assert client.get("/api/activities/notifications").status_code == 200
    assert "s3cr3t-word" not in caplog.text
    assert "database unavailable" in caplog.text
