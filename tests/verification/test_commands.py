"""`python3 -m verification` asks a running service what it must answer, and ends badly where it does not."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping

import pytest

from settings.root import PROJECT_ROOT
from tests.verification.conftest import Outcome, Service

Serve = Callable[[Mapping[str, list[tuple[int, str]]]], Service]
Verify = Callable[..., Outcome]
WELL = {"/health": [(200, '{"success": true}')], "/home": [(200, "[]")], "/old": [(301, "")]}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things": {
            "get": {
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"description": "All", "content": {"application/json": {"schema": {"type": "array"}}}}
                },
            },
            "post": {"responses": {"201": {"description": "One more"}}},
        }
    },
}


def test_answers_as_they_must_be_are_well(serve: Serve, verify: Verify) -> None:
    outcome = verify(serve(WELL).url, ("/health", 200, "success"), ("/home?limit=3", 200, ""), ("/old", 301, ""))
    assert outcome.code == 0, outcome.output
    assert outcome.cases == {"GET /health": "", "GET /home?limit=3": "", "GET /old": ""}
    assert "The service answers as it must." in outcome.output


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (("/broken", 200, ""), "answered 500, not 200: database is away (3 attempts)"),
        (("/health", 200, "failure"), """its answer has no 'failure': {"success": true} (3 attempts)"""),
        (("/missing", 200, ""), "answered 404, not 200: (nothing) (3 attempts)"),
    ],
)
def test_another_answer_is_told_and_is_a_failed_case(
    serve: Serve, verify: Verify, request_: tuple[str, int, str], said: str
) -> None:
    service = serve({**WELL, "/broken": [(500, "database\nis away")]})
    outcome = verify(service.url, ("/home", 200, ""), request_)
    assert outcome.code == 1
    assert f"FAILED  GET {request_[0]}  {said}" in outcome.output
    assert outcome.cases == {"GET /home": "", f"GET {request_[0]}": f"failure: {said}"}


def test_what_is_lost_once_is_asked_again(serve: Serve, verify: Verify) -> None:
    outcome = verify(serve({"/home": [(503, ""), (200, "")]}).url, ("/home", 200, ""))
    assert outcome.code == 0, outcome.output


def test_nobody_answers_and_no_more_is_asked_than_there_is_time_for(verify: Verify) -> None:
    began = time.monotonic()
    outcome = verify("http://127.0.0.1:9", *[("/home", 200, "")] * 20, MOST_SECONDS="2")
    assert outcome.code == 1
    assert "no answer: " in outcome.output
    assert "not asked: the time for all requests was over" in outcome.output
    assert time.monotonic() - began < 10


def test_a_service_that_is_to_run_no_task_is_not_asked(verify: Verify) -> None:
    outcome = verify("http://127.0.0.1:9", ("/home", 200, ""), DESIRED_COUNT="0")
    assert outcome.code == 0
    assert "not verified" in outcome.output
    assert outcome.cases["service"].startswith("skipped: ")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"REQUESTS": "[3]"}, "REQUESTS: found '[3]'"),
        ({"REQUESTS": ""}, "REQUESTS has no value"),
        ({"DESIRED_COUNT": "None"}, "DESIRED_COUNT: found 'None'"),
    ],
)
def test_what_can_not_be_told_is_one_sentence(verify: Verify, variables: Mapping[str, str], said: str) -> None:
    outcome = verify("http://127.0.0.1:9", **variables)
    assert outcome.code == 2
    assert said in outcome.output


@pytest.fixture(scope="module")
def python() -> str:
    """Python with what asks by the OpenAPI document, from its own lock file."""
    made = subprocess.run([PROJECT_ROOT / "bin/setup", "verification"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return str(PROJECT_ROOT / ".cache" / "verification" / "bin" / "python")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 1)])
def test_the_documented_reads_are_asked_and_nothing_else(
    serve: Serve, verify: Verify, python: str, status: int, code: int
) -> None:
    service = serve({**WELL, "/openapi.json": [(200, json.dumps(DOCUMENT))], "/things": [(status, "[]")]})
    outcome = verify(service.url, ("/health", 200, ""), python=python, OPENAPI_PATH="/openapi.json")
    assert outcome.code == code, outcome.output
    assert ("failure" in outcome.cases["GET /things"]) == bool(code)
    assert ("GET", "/things") in service.asked
    assert {method for method, _ in service.asked} == {"GET"}


def test_a_document_that_is_none_can_not_be_held_against(serve: Serve, verify: Verify, python: str) -> None:
    outcome = verify(serve(WELL).url, ("/health", 200, ""), python=python, OPENAPI_PATH="/openapi.json")
    assert outcome.code in (1, 2)
    assert "/openapi.json" in outcome.output
