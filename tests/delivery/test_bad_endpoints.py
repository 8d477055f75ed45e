"""Every command at an endpoint that is no AWS, or a broken one: a sentence and an exit code, in time."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.bad_endpoints import KINDS, bad_endpoint, http, refusing, self_signed
from tests.delivery.project import Project, Result, topic

pytestmark = pytest.mark.slow

COMMANDS = (
    ("deploy",),
    ("deploy", "--review"),
    ("destroy",),
    ("secret", "list"),
    ("secret", "put", "/cruddur/web/URL"),
    ("release",),
    ("release", "--follow"),
    ("status",),
    ("logs",),
    ("logs", "--task"),
    ("approve",),
    ("retry",),
    ("rollback",),
    ("stop",),
)
PIPELINE = {
    "service": "web",
    "pipeline": "web",
    "branch": "prod",
    "repository": "owner/shop",
    "cluster": "web",
    "ecs_service": "web",
    "container": "web",
    "url": None,
    "health_check_path": "/health",
    "desired_count": 1,
}
QUICK = ("html", "html-404", "redirect", "other-xml", "json", "empty", "escape")
"""How the kinds begin that are not tried again."""


@pytest.fixture
def asking(project: Project) -> Project:
    """Return a project with all that a command may ask about."""
    stack = project.stack("one", {"Topic": topic()})
    project.manifest["pipelines"] = [{**PIPELINE, "stack": stack}]
    project.manifest["secrets"] = [{"service": "web", "name": "/cruddur/web/URL"}]
    return project


def ask(project: Project, address: str, *words: str) -> Result:
    project.settings["endpoint_url"] = address
    as_json = [] if words[0] == "secret" else ["--json"]
    return project.run(*words, *as_json, given="value of the secret")


def assert_one_sentence(result: Result, address: str) -> None:
    assert result.code == 2, result.err
    sentence, *more = [line for line in result.err.splitlines() if not line.startswith("waiting for ")]
    assert sentence.startswith(f"environment here: {address} does not answer") or "gave up waiting" in sentence
    assert address in sentence
    assert sentence.isprintable()
    assert all(line.startswith("It is not known whether the value was put") for line in more)
    if result.out.startswith("{"):
        (problem,) = result.of_kind("problem")
        assert (problem["failed"], problem["sentences"]) == (False, [sentence])


def each_with_a_command() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Return each kind before anything was answered and after the caller was, with commands in turn."""
    commands = cycle(COMMANDS)
    for kind in KINDS:
        yield kind, "at once", next(commands)
        yield kind, "after the caller", next(commands)
    for words in COMMANDS:
        for kind in ("html", "json-without-members"):
            yield kind, "after the caller", words


@pytest.mark.parametrize(("kind", "moment", "words"), list(each_with_a_command()))
def test_each_kind_is_one_sentence(asking: Project, kind: str, moment: str, words: tuple[str, ...]) -> None:
    asking.settings["request_seconds"] = 20 if kind.startswith(QUICK) else 1
    with bad_endpoint(KINDS[kind], knows_callers=moment != "at once") as endpoint:
        result = ask(asking, endpoint.address, *words)

    assert_one_sentence(result, endpoint.address)
    assert endpoint.requests


def test_one_that_refuses_connections(asking: Project) -> None:
    address = refusing()
    assert_one_sentence(ask(asking, address, "status"), address)


def test_plain_http_where_tls_was_expected(asking: Project) -> None:
    with bad_endpoint(KINDS["html"]) as endpoint:
        address = endpoint.address.replace("http:", "https:")
        assert_one_sentence(ask(asking, address, "status"), address)


def test_tls_where_plain_http_was_expected(asking: Project, tmp_path: Path) -> None:
    with bad_endpoint(KINDS["html"], certificate=self_signed(tmp_path)) as endpoint:
        assert_one_sentence(ask(asking, endpoint.address, "status"), endpoint.address)


def test_tls_of_somebody_unknown(asking: Project, tmp_path: Path) -> None:
    with bad_endpoint(KINDS["html"], certificate=self_signed(tmp_path)) as endpoint:
        address = endpoint.address.replace("http:", "https:")
        result = ask(asking, address, "status")
        assert_one_sentence(result, address)
        assert "self-signed certificate" in result.err


def test_what_is_waited_for_is_said_meanwhile(asking: Project) -> None:
    asking.settings["request_seconds"] = 4
    with bad_endpoint(KINDS["drip"]) as endpoint:
        asking.settings["endpoint_url"] = endpoint.address
        result = asking.run("status")

    waiting, end = result.err.splitlines()
    assert waiting == f"waiting for {endpoint.address} to answer GetCallerIdentity (3 s of 4) ..."
    assert end.startswith(
        f"environment here: gave up waiting for {endpoint.address} to answer GetCallerIdentity after 4 s; see what "
    )


def test_a_value_of_another_type_is_named(asking: Project) -> None:
    pipeline = {"pipeline": {"name": "web", "stages": [{"name": 7, "actions": []}]}}
    with bad_endpoint(lambda it: it.sendall(http(json.dumps(pipeline).encode())), knows_callers=True) as endpoint:
        result = ask(asking, endpoint.address, "status")

    assert_one_sentence(result, endpoint.address)
    assert "in which pipeline.stages[0].name is int in place of string" in result.err
