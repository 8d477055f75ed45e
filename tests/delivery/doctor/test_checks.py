"""`bin/doctor`: a line for each check, in situations that a machine and an AWS get into."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from delivery.doctor import machine
from tests.bad_endpoints import KINDS, bad_endpoint, refusing
from tests.delivery.project import Project, Result, topic
from tests.delivery.proxy import in_front_of

READING = ("Get", "Describe", "List")
ALL = [
    *("Python", "folder", "git", "Docker engine", "disk", "templates", "port", "AWS", "credentials"),
    *("stacks", "connection", "secrets", "last execution", "image", "domain"),
]


def states(result: Result) -> Mapping[str, str]:
    return {one["name"]: one["state"] for one in result.of_kind("check")}


def remedies(result: Result) -> Mapping[str, str]:
    return {one["name"]: one["remedy"] for one in result.of_kind("check")}


@pytest.fixture
def one(project: Project) -> Project:
    """Return a project with a stack and a secret, neither of them in the AWS."""
    project.stack("one", {"Topic": topic()})
    project.manifest["secrets"] = [{"service": "web", "name": f"/cruddur/{project.prefix}/URL"}]
    return project


def test_an_aws_that_is_not_started_is_named_with_the_command_that_starts_it(one: Project) -> None:
    one.settings |= {"endpoint_url": refusing(), "start_command": ["bin/start-it", "now"]}

    shown, written = one.run("doctor"), one.run("doctor", "--json")

    assert shown.code == written.code == 1
    assert [line["name"] for line in written.of_kind("check")] == ALL
    assert states(written)["port"] == "ok"
    assert states(written)["AWS"] == "not ok"
    assert remedies(written)["AWS"] == "Start it with `bin/start-it now`."
    assert {states(written)[name] for name in ALL[ALL.index("credentials") :]} == {"not checked"}
    assert "Start it with `bin/start-it now`." in shown.out
    assert shown.out.endswith("checks are not ok.\n")


def test_what_is_not_deployed_and_not_put_is_named_and_nothing_is_changed(one: Project) -> None:
    with in_front_of(one) as proxy:
        one.settings["endpoint_url"] = proxy.address
        result = one.run("doctor", "--json")

    assert result.code == 1
    assert [states(result)[name] for name in ("AWS", "credentials", "stacks", "secrets")] == ["ok", "ok"] + 2 * [
        "not ok"
    ]
    assert "make deploy" in remedies(result)["stacks"]
    assert f"/cruddur/{one.prefix}/URL`" in remedies(result)["secrets"]
    assert proxy.actions
    assert all(action.startswith(READING) for action in proxy.actions)


def test_all_is_well_after_deployment_and_secret(one: Project) -> None:
    assert one.deploy().code == 0
    assert one.run("secret", "put", f"/cruddur/{one.prefix}/URL", given="x").code == 0

    result = one.run("doctor", "--json")

    assert states(result)["stacks"] == states(result)["secrets"] == "ok"


@pytest.mark.parametrize("kind", ["html", "garbage", "nothing", "reset", "errors"])
def test_what_is_no_aws_is_named_in_time(one: Project, kind: str) -> None:
    one.settings["request_seconds"] = 2
    with bad_endpoint(KINDS[kind]) as endpoint:
        one.settings["endpoint_url"] = endpoint.address
        result = one.run("doctor", "--json")

    assert result.code == 1
    assert (states(result)["port"], states(result)["AWS"], states(result)["credentials"]) == (
        "not ok",
        "not ok",
        "not checked",
    )


def test_wrong_credentials_and_another_account_are_named(one: Project) -> None:
    one.settings["account_id"] = "123456789012"
    other = one.run("doctor", "--json")
    one.credentials = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    wrong = one.run("doctor", "--json")

    for result in (other, wrong):
        assert result.code == 1
        assert (states(result)["AWS"], states(result)["credentials"]) == ("ok", "not ok")
        assert remedies(result)["credentials"]


def test_templates_that_are_not_made_are_named(one: Project, tmp_path: Path) -> None:
    result = one.run("doctor", "--json", "--build", str(tmp_path / "none"))

    assert result.code == 1
    assert states(result)["templates"] == "not ok"
    assert remedies(result)["templates"] == "Make it with `make templates`."


def test_a_machine_without_programs_is_told_what_to_install(one: Project) -> None:
    result = one.run("doctor", "--json", PATH="/nowhere")

    assert (states(result)["git"], states(result)["Docker engine"]) == ("not ok", "not ok")
    assert remedies(result)["Docker engine"].startswith("Install Docker and start it.")


def test_an_engine_that_does_not_answer_is_named(one: Project) -> None:
    result = one.run("doctor", "--json", DOCKER_HOST="tcp://127.0.0.1:1")

    assert states(result)["Docker engine"] == "not ok"
    assert "start Docker" in remedies(result)["Docker engine"]


def test_an_environment_that_does_not_exist_is_refused(one: Project) -> None:
    result = one.run("doctor", "--environment", "prot")

    assert result.code == 2
    assert "found 'prot'" in result.err


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("/home/ada/project", ""),
        ("/mnt/data/project", ""),
        ("/mnt/c", "Windows"),
        ("/mnt/c/Users/ada/project", "Windows"),
        ("/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/project", "cloud"),
        ("/Users/ada/OneDrive - Shop/project", "cloud"),
    ],
)
def test_a_folder_that_hurts_is_told(place: str, word: str) -> None:
    found = machine.folder(Path(place))
    assert (found.state == "ok", word in found.says) == (not word, True)
    assert bool(found.remedy) == bool(word)
