"""The document that the service gives out is true: requests are made up from it, answers held against it."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from cruddur.activities.posting import LIFETIMES
from cruddur.routes.reading import LONGEST_HANDLE, LONGEST_TERM
from cruddur.routes.writing import DEFAULT_LIFETIME, LONGEST_MESSAGE, LONGEST_REPLY
from tests.support.user_pool import UserPool

AnyCase = schemathesis.Case[Any]
DOCUMENT = "/api/openapi.json"
PATHS = json.loads(files("cruddur").joinpath("openapi.json").read_text(encoding="utf-8"))["paths"]
OPERATIONS = [(path, method) for path, item in PATHS.items() for method in item]
# What can be asked for in a way that the document forbids.
REFUSING = [(path, method) for path, method in OPERATIONS if method == "post" or path.endswith("/search")]
WRITING = [(path, method) for path, method in OPERATIONS if method == "post"]
# The database and the user pool are real: what a made-up request costs varies.
REAL_PARTS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# Schemathesis itself draws from the random module at times, which Hypothesis is about to forbid.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the .random. module:FutureWarning")


@pytest.fixture(scope="module")
def api(shared_service: FlaskClient) -> OpenApiSchema:
    """The document, as the service gives it out."""
    return schemathesis.openapi.from_wsgi(DOCUMENT, shared_service.application)


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [(*operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
    + [(*operation, GenerationMode.NEGATIVE) for operation in REFUSING],
)
def test_every_answer_is_as_documented(
    api: OpenApiSchema, user_pool: UserPool, path: str, method: str, mode: GenerationMode
) -> None:
    signed_in = user_pool.sign_in()

    @settings(REAL_PARTS, max_examples=20)
    @given(api[path][method].as_strategy(generation_mode=mode))
    def answer_is_as_documented(case: AnyCase) -> None:
        case.call_and_validate(headers=signed_in)

    answer_is_as_documented()


@pytest.mark.parametrize(("path", "method"), WRITING)
def test_nothing_is_written_without_a_token(api: OpenApiSchema, path: str, method: str) -> None:
    @settings(REAL_PARTS, max_examples=10)
    @given(api[path][method].as_strategy())
    def nothing_is_written(case: AnyCase) -> None:
        case.headers.pop("Authorization", None)
        assert case.call().status_code == 401

    nothing_is_written()


def test_every_route_is_documented(shared_service: FlaskClient) -> None:
    document = shared_service.get(DOCUMENT).json
    assert document is not None
    documented = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in shared_service.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == documented


def test_the_documented_limits_are_the_services(shared_service: FlaskClient) -> None:
    document = shared_service.get(DOCUMENT).json
    assert document is not None
    bodies = document["components"]["schemas"]
    assert bodies["NewActivity"]["properties"]["message"]["maxLength"] == LONGEST_MESSAGE
    assert bodies["NewActivity"]["properties"]["ttl"] == {
        "enum": list(LIFETIMES),
        "default": DEFAULT_LIFETIME,
    }
    assert bodies["NewReply"]["properties"]["message"]["maxLength"] == LONGEST_REPLY
    limits = {"/api/activities/search": LONGEST_TERM, "/api/activities/@{handle}": LONGEST_HANDLE}
    for path, limit in limits.items():
        assert document["paths"][path]["get"]["parameters"][0]["schema"]["maxLength"] == limit
