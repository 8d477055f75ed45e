"""Deploy, review, destroy and release against every state of a stack: last line and exit code say what is so."""

import pytest

from tests.bad_endpoints import HTML
from tests.delivery.conftest import project
from tests.delivery.project import Project, topic
from tests.delivery.states_of_stacks import PASSING, STATES, assert_true, last_line, picture, stack_in
from tests.local_aws.cloudformation.stack_driver import StackDriver

__all__ = ["project"]
"""A fixture of the delivery's tests."""

WAIT = ("--wait-minutes", "0.02")
REFUSED, FAILED = 2, 1
RUNNING = {state for state in STATES if state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS"}
WITH_DATA = {"DELETE_FAILED"}
"""What is left in the stack there is a bucket with objects."""

HOPELESS = {"IMPORT_ROLLBACK_FAILED"}
RETAINED = {"IMPORT_COMPLETE"}
"""The stack's topic is one that its template retains, and another would take its place."""


@pytest.fixture
def two(project: Project) -> Project:
    """Give two stacks of which the first is to be made, and the second stands in the state."""
    zero = project.stack("zero", {"Topic": topic()})
    names = ("service", "pipeline", "branch", "repository", "cluster", "ecs_service", "container", "health_check_path")
    project.manifest["pipelines"] = [{**dict.fromkeys(names, "web"), "stack": zero, "url": None, "desired_count": 1}]
    project.stack("one", {"Topic": topic(display="new")})
    project.settings["unattended"] = False
    return project


@pytest.mark.parametrize("state", STATES)
def test_a_review_changes_nothing(two: Project, state: str) -> None:
    one = two.name("one")
    with stack_in(two, state):
        before = picture(two)
        result = two.deploy("--review", "--stack", one, *WAIT)

    assert_true(two, state, before, result)
    assert result.code == (REFUSED if state in RUNNING else 0)
    assert "Nothing was changed." in last_line(result)


@pytest.mark.parametrize("state", STATES)
def test_a_deployment_that_nobody_agreed_to_is_refused(two: Project, state: str) -> None:
    with stack_in(two, state):
        before = picture(two)
        result = two.deploy("--stack", two.name("one"), *WAIT)

    assert_true(two, state, before, result)
    assert result.code == REFUSED


@pytest.mark.parametrize("state", STATES)
def test_a_deployment_of_both(two: Project, state: str) -> None:
    with stack_in(two, state):
        before = picture(two)
        result = two.deploy("--yes", *WAIT)

    assert_true(two, state, before, result)
    assert f"{two.name('zero')}: created (CREATE_COMPLETE)" in last_line(result)
    bad = RUNNING | WITH_DATA | HOPELESS | RETAINED | {"UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"}
    if state not in bad:
        assert result.code == 0, result.err
    elif state != "UPDATE_FAILED":
        assert result.code == FAILED


@pytest.mark.parametrize("state", STATES)
def test_a_destruction(two: Project, state: str) -> None:
    one = two.name("one")
    with stack_in(two, state):
        before = picture(two)
        result = two.run("destroy", "--confirm", one, "--confirm", two.name("zero"), *WAIT)

    assert_true(two, state, before, result)
    expected = REFUSED if state in RUNNING else FAILED if state in WITH_DATA else 0
    assert result.code == expected, result.err


@pytest.mark.parametrize("state", ["CREATE_COMPLETE", "UPDATE_COMPLETE"])
def test_a_destruction_that_aws_refuses(two: Project, state: str) -> None:
    """The export of a stack is in use: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html."""
    one, importing = StackDriver(two.aws, two.name("one")), StackDriver(two.aws)
    export = {"Name": {"Value": "x", "Export": {"Name": two.name("exported")}}}
    one.create({"Resources": {"Topic": topic()}, "Outputs": export})
    importing.create({"Resources": {"Topic": topic(display={"Fn::ImportValue": two.name("exported")})}})
    if state == "UPDATE_COMPLETE":
        one.update({"Resources": {"Topic": topic(display="x")}, "Outputs": export})
    one.client.update_termination_protection(StackName=one.name, EnableTerminationProtection=True)
    before = picture(two)

    result = two.run("destroy", "--confirm", one.name, "--confirm", two.name("zero"), *WAIT)

    assert_true(two, state, before, result)
    assert (result.code, picture(two)) == (FAILED, before)
    assert f"{one.name}: its deletion failed ({state})" in last_line(result)


@pytest.mark.parametrize("holder", ["zero", "one"])
@pytest.mark.parametrize("state", STATES)
def test_a_release_says_what_is_missing(two: Project, state: str, holder: str) -> None:
    two.manifest["pipelines"][0]["stack"] = two.name(holder)
    with stack_in(two, state):
        before = picture(two)
        result = two.run("release")

    assert (result.code, picture(two)) == (REFUSED, before)
    assert "Traceback" not in result.err
    assert len(result.err.splitlines()) == 1


LOST = {
    "deploy": ("ExecuteChangeSet", "deploy", "--yes"),
    "destroy": ("DeleteStack", "destroy", "--confirm"),
}


@pytest.mark.parametrize("command", LOST)
@pytest.mark.parametrize("state", [state for state in STATES if state not in RUNNING | set(PASSING)])
def test_contact_that_is_lost_once_something_has_begun(two: Project, state: str, command: str) -> None:
    begins, *words = LOST[command]
    words += [two.name("one")] if command == "destroy" else []
    begun: list[str] = []

    def lost(action: str) -> tuple[int, str] | None:
        begun.extend([action] if action in (begins, "DeleteStack", "RollbackStack", "ContinueUpdateRollback") else [])
        return (200, HTML.decode()) if begun and action == "DescribeStackEvents" else None

    with stack_in(two, state, lost):
        before = picture(two)
        result = two.run(*words, "--stack", two.name("one"))

    assert "Traceback" not in result.err
    if begun:
        assert result.code == FAILED
        assert "runs on" in last_line(result)
    else:
        assert_true(two, state, before, result)
