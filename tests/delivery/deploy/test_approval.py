"""Who agrees to a change, and what becomes of it when nobody does."""

import pytest
from botocore.exceptions import ClientError

from tests.delivery.project import Project, topic
from tests.delivery.terminal import on_terminal


@pytest.fixture
def two(project: Project) -> Project:
    project.stack("one", {"Topic": topic()})
    project.stack("two", {"Topic": topic()})
    return project


def exists(project: Project, stack: str) -> bool:
    try:
        return project.status(stack) != "DELETE_COMPLETE"
    except ClientError:
        return False


def test_without_a_terminal_an_attended_environment_wants_yes(two: Project) -> None:
    two.settings["unattended"] = False

    refused = two.deploy()
    agreed = two.deploy("--yes")

    assert refused.code == 2
    assert (
        "there is no terminal to ask on; look at the changes with --review, then agree to them with --yes."
        in refused.err
    )
    assert "a new stack, 1 added" in refused.out
    assert agreed.code == 0


def test_a_refused_first_deployment_leaves_no_empty_stack(two: Project) -> None:
    two.settings["unattended"] = False

    two.deploy()

    assert not exists(two, "one")


def test_with_nothing_to_change_nobody_is_needed(two: Project) -> None:
    two.deploy()
    two.settings["unattended"] = False

    assert two.deploy().code == 0


def test_on_a_terminal_each_stack_is_asked_about(two: Project) -> None:
    with on_terminal(two, "deploy") as terminal:
        terminal.wait_for(f"Create stack {two.name('one')}? [y]es, [n]o, [a]ll: ")
        terminal.type("maybe")
        terminal.wait_for("Answer with y for yes")
        terminal.type("y")
        terminal.wait_for(f"Create stack {two.name('two')}?")
        terminal.type("n")
        code = terminal.end()

    assert code == 1
    assert f"{two.name('two')}: not agreed to, so it was not changed, and none after it." in terminal.text
    assert f"In all: {two.name('one')}: created (CREATE_COMPLETE); {two.name('two')}: not there" in terminal.text
    assert (exists(two, "one"), exists(two, "two")) == (True, False)


def test_all_agrees_to_what_follows(two: Project) -> None:
    with on_terminal(two, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        terminal.type("all")
        code = terminal.end()

    assert code == 0
    assert terminal.text.count("[y]es") == 1
    assert two.status("two") == "CREATE_COMPLETE"


def test_yes_asks_nothing_on_a_terminal(two: Project) -> None:
    with on_terminal(two, "deploy", "--yes") as terminal:
        code = terminal.end()

    assert (code, "[y]es" in terminal.text) == (0, False)


def test_ctrl_c_at_the_question_leaves_nothing(two: Project) -> None:
    with on_terminal(two, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        terminal.press_ctrl_c()
        code = terminal.end()

    assert code == 130
    assert "\r\nStopped. `bin/deploy --environment" in terminal.text
    assert not exists(two, "one")


def test_colour_is_for_terminals_alone(two: Project) -> None:
    with on_terminal(two, "deploy", "--review") as terminal:
        terminal.end()

    assert "\x1b[32m" in terminal.text
    assert "\x1b[" not in two.deploy("--review").out
