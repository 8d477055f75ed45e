"""Every request has an id, and one line in the log that is worth reading."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from cruddur.logs import JsonFormatter, logging_configuration

HEADER = "X-Request-Id"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service's logging writes."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configuration = logging_configuration("INFO")
    written = io.StringIO()
    configuration["handlers"]["stdout"]["stream"] = written
    logging.config.dictConfig(configuration)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def parsed(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_request_is_one_line_of_json_with_its_id(client: FlaskClient, lines: io.StringIO) -> None:
    response = client.get("/api/activities/search?term=private", headers={HEADER: "from-the-front.1"})
    assert response.headers[HEADER] == "from-the-front.1"
    (line,) = parsed(lines)
    assert line.pop("time")
    assert float(str(line.pop("milliseconds"))) > 0
    assert line == {
        "level": "INFO",
        "logger": "cruddur.requests",
        "message": "request",
        "request_id": "from-the-front.1",
        "method": "GET",
        "path": "/api/activities/search",
        "status": 200,
    }


@pytest.mark.parametrize("given", ["", "a" * 129, 'x"} {"level": "FORGED"', "with space", "\xe9"])
def test_an_id_that_could_forge_a_line_is_replaced(client: FlaskClient, given: str) -> None:
    ids = {client.get("/api/health-check", headers={HEADER: given}).headers[HEADER] for _ in range(2)}
    assert len(ids) == 2
    assert all(len(each) == 32 for each in ids)


def test_a_health_check_that_succeeds_is_not_worth_a_line(client: FlaskClient, lines: io.StringIO) -> None:
    client.get("/api/health-check")
    assert parsed(lines) == []
    client.post("/api/health-check")
    assert [line["status"] for line in parsed(lines)] == [405]


def test_what_is_no_text_and_what_may_end_a_line_are_escaped() -> None:
    # Not logged: pytest and its processes cannot pass half of a character on.
    line = JsonFormatter().format(logging.makeLogRecord({"msg": "half of a \ud83d\u2028\x85"}))
    assert line.isascii()
    assert json.loads(line)["message"] == "half of a \ud83d\u2028\x85"
