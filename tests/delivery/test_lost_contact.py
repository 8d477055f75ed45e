"""An answer that is none, or none in time, after something has begun: it runs on, and how to come back is said."""

import time

from tests.bad_endpoints import HTML, OTHER_XML
from tests.delivery.project import Project, topic, waiting
from tests.delivery.proxy import in_front_of


def test_an_operation_on_a_stack_runs_on(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})

    with in_front_of(
        project,
        lambda action: (200, HTML.decode()) if action == "ExecuteChangeSet" else None,
    ) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy("--json")

    assert result.code == 1
    (problem,) = result.of_kind("problem")
    assert problem["failed"] is True
    first, second, third, last = problem["sentences"]
    assert f"{proxy.address} does not answer ExecuteChangeSet as AWS does: its answer is HTTP 200" in first
    unknown = f"{name}: it is not known whether its creation began; if it did, the operation runs on in AWS"
    assert second.startswith(f"{unknown}, watched or not; its events: AWS_SHARED_CREDENTIALS_FILE=")
    assert third == "Run the same command again to follow it and carry on."
    assert last.startswith(f"In all: {name}: it is not known whether its creation began. `bin/deploy ")


def test_what_is_no_answer_to_a_deletion_is_no_success(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    assert project.deploy().code == 0

    with in_front_of(project, lambda action: (200, OTHER_XML.decode()) if action == "DeleteStack" else None) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.run("destroy", "--confirm", name)

    assert result.code == 1, result.out
    assert (
        "does not answer DeleteStack as AWS does: its answer is HTTP 200, which is not a DeleteStackResponse"
        in result.err
    )
    assert f"{name}: it is not known whether its deletion began; if it did, the operation runs on in AWS" in result.err
    assert f"termination protection of {name} is off" in result.err.splitlines()[-1]


def test_a_server_error_is_no_refusal(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.settings["request_seconds"] = 1

    with in_front_of(project, lambda it: (500, "") if it == "ExecuteChangeSet" else None) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy()

    assert result.code == 1
    assert "the operation runs on in AWS" in result.err
    assert "Nothing was changed" not in result.err


def test_what_was_given_up_once_is_not_asked_again(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.settings["request_seconds"] = 1

    def silence(action: str) -> None:
        if action in ("DescribeChangeSet", "DeleteChangeSet"):
            time.sleep(2)

    with in_front_of(project, silence) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy()

    assert result.code == 2
    assert "gave up waiting for" in result.err
    assert "DeleteChangeSet" not in proxy.actions


def test_a_stack_that_takes_too_long_runs_on(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})
    began = time.monotonic()

    result = project.deploy("--wait-minutes", "0.05")

    assert time.monotonic() - began < 20
    assert result.code == 1
    assert f"{name}: it has not ended after 0.05 minutes; wait longer with --wait-minutes." in result.err
    assert f"{name}: the operation runs on in AWS" in result.err
    assert "Run the same command again" in result.err
    project.client("cloudformation").delete_stack(StackName=name)
