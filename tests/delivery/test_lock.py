"""Two commands at once: the second waits for its turn, and what others took away meanwhile is said to be gone."""

import threading

from tests.delivery.project import Project, topic, waiting
from tests.delivery.terminal import on_terminal
from tests.delivery.test_interruption import running, signal_ready


def test_the_second_of_two_at_once_waits_for_the_first(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})
    with running(project, "deploy") as first:
        assert first.stdout is not None
        while "CREATE_IN_PROGRESS    Wait" not in first.stdout.readline():
            pass
        threading.Timer(1, signal_ready, (project, "one")).start()
        second = project.deploy()
        assert first.wait(60) == 0

    assert second.code == 0, second.err
    said = f"Another command of this checkout (process {first.pid}) is at work on the same stacks; waiting 30 minutes"
    assert said in second.out
    assert f"{name}: nothing to change." in second.out


def test_waiting_for_a_turn_has_a_limit(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    project.stack("one", {"Topic": topic(display="changed")})
    with on_terminal(project, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        late = project.deploy("--wait-minutes", "0.01")
        neither = project.run("destroy", "--confirm", name, "--wait-minutes", "0.01")
        terminal.type("n")
        terminal.end()

    assert (late.code, neither.code) == (2, 2)
    for result in (late, neither):
        assert "is still at work on the same stacks after 0.01 minutes." in result.err
        assert "Nothing was changed." in result.err


def test_a_stack_that_is_taken_away_during_the_question_is_said_to_be_gone(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    with on_terminal(project, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        project.client("cloudformation").delete_stack(StackName=name)
        terminal.type("y")
        code = terminal.end()

    assert code == 2
    assert f"{name}: the change set that was shown is gone: somebody else" in terminal.text
    assert project.deploy().code == 0


def test_a_command_that_was_killed_holds_no_turn(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    assert project.deploy().code == 0
    with running(project, "deploy") as killed:
        killed.kill()
        killed.wait()

    result = project.deploy()

    assert (result.code, "Another command" in result.out) == (0, False)
