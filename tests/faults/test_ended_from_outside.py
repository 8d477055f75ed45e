"""A deployment that is ended by a signal, or that nobody can hear any more, leaves nothing that was not agreed to."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.delivery.conftest import project
from tests.delivery.project import Project, topic, waiting
from tests.delivery.proxy import in_front_of
from tests.delivery.terminal import Terminal, on_terminal
from tests.delivery.test_interruption import running

__all__ = ["project"]
"""A fixture of the delivery's tests."""

ENDINGS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}


def is_there(project: Project) -> bool:
    try:
        return project.status("one") != "DELETE_COMPLETE"
    except ClientError:
        return False


def soon(happened: Callable[[], bool]) -> None:
    for _ in range(400):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it has not happened")


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("action", ["GetCallerIdentity", "CreateChangeSet"])
def test_before_anything_was_agreed_to(project: Project, number: signal.Signals, action: str) -> None:
    project.stack("one", {"Topic": topic()})

    returned = ended_while(project, number, action, "deploy")

    assert (returned.returncode, is_there(project)) == (ENDINGS[number], False), returned.stderr
    assert "Nothing was changed." in returned.stdout.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_at_the_question(project: Project, number: signal.Signals) -> None:
    project.stack("one", {"Topic": topic()})

    with on_terminal(project, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        os.kill(terminal.process.pid, number)
        code = terminal.end()

    assert (code, is_there(project)) == (ENDINGS[number], False)
    assert "Nothing was changed." in terminal.text


@pytest.mark.parametrize("later", [None, 0, 0.01])
def test_a_terminal_that_is_closed_leaves_nothing(project: Project, later: float | None) -> None:
    project.stack("one", {"Topic": topic()})
    with on_terminal(project, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        code = hang_up(terminal, later)

    assert (code, is_there(project)) == (129, False)


def hang_up(terminal: Terminal, later: float | None) -> int:
    """Close the terminal, as a window that is closed does, and so many seconds later tell the command so, if at all."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, terminal.master)
    os.close(nothing)
    if later is not None:
        time.sleep(later)
        os.kill(terminal.process.pid, signal.SIGHUP)
    code = terminal.process.wait(30)
    # One that comes at the very end finds the signals as they were before: a shell has one number for both.
    return 128 - code if code < 0 else code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_runs_is_said_to_run_on(project: Project, number: signal.Signals) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})
    with running(project, "deploy") as process:
        assert process.stdout is not None
        while "CREATE_IN_PROGRESS    Wait" not in process.stdout.readline():
            pass
        process.send_signal(number)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, err, project.status("one")) == (ENDINGS[number], "", "CREATE_IN_PROGRESS")
    assert f"{name}: the operation runs on in AWS, watched or not" in out
    assert f"In all: {name}: its creation runs on." in out.splitlines()[-1]
    project.client("cloudformation").delete_stack(StackName=name)


def test_a_deletion_that_runs_on_says_that_the_protection_is_off(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()

    def slow(asked: str) -> None:
        if asked == "DeleteStack":
            time.sleep(2)

    with in_front_of(project, slow) as proxy:
        project.settings["endpoint_url"] = proxy.address
        with running(project, "destroy", "--confirm", name) as process:
            soon(lambda: "DeleteStack" in proxy.actions)
            process.terminate()
            out, _err = process.communicate(timeout=30)

    assert process.returncode == 143
    assert f"{name}: it is not known whether its deletion began" in out
    assert f"termination protection of {name} is off" in out.splitlines()[-1]


@pytest.fixture
def deployed(project: Project) -> Project:
    """Return a project whose stack is there, and is to be changed."""
    project.stack("one", {"Topic": topic()})
    assert project.deploy("--yes").code == 0
    project.stack("one", {"Topic": topic(display="new")})
    return project


def change_sets(project: Project) -> list[object]:
    found = project.client("cloudformation").list_change_sets(StackName=project.name("one"))
    return [each for each in found["Summaries"] if each["ExecutionStatus"] == "AVAILABLE"]


def is_protected(project: Project) -> bool:
    found = project.client("cloudformation").describe_stacks(StackName=project.name("one"))["Stacks"]
    return bool(found[0]["EnableTerminationProtection"])


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("action", ["GetCallerIdentity", "CreateChangeSet"])
def test_before_an_update_was_agreed_to(deployed: Project, number: signal.Signals, action: str) -> None:
    returned = ended_while(deployed, number, action, "deploy")

    assert (returned.returncode, deployed.status("one"), change_sets(deployed)) == (
        ENDINGS[number],
        "CREATE_COMPLETE",
        [],
    )
    assert "Nothing was changed." in returned.stdout.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("words", [("deploy",), ("destroy",)])
def test_at_the_question_of_an_update_or_a_deletion(
    deployed: Project, number: signal.Signals, words: tuple[str, ...]
) -> None:
    with on_terminal(deployed, *words) as terminal:
        terminal.wait_for("? [y]es" if words == ("deploy",) else "Type ")
        os.kill(terminal.process.pid, number)
        code = terminal.end()

    assert (code, deployed.status("one"), change_sets(deployed)) == (ENDINGS[number], "CREATE_COMPLETE", [])
    assert is_protected(deployed)
    assert "Nothing was changed." in terminal.text


@pytest.mark.parametrize("number", ENDINGS)
def test_an_update_that_runs_is_said_to_run_on(deployed: Project, number: signal.Signals) -> None:
    name = deployed.stack("one", {"Topic": topic(display="new"), **waiting(60, after="Topic")})
    with running(deployed, "deploy") as process:
        assert process.stdout is not None
        while "CREATE_IN_PROGRESS    Wait" not in process.stdout.readline():
            pass
        process.send_signal(number)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, err, deployed.status("one")) == (ENDINGS[number], "", "UPDATE_IN_PROGRESS")
    assert f"In all: {name}: its update runs on." in out.splitlines()[-1]
    deployed.client("cloudformation").cancel_update_stack(StackName=name)


@pytest.mark.parametrize("number", ENDINGS)
def test_before_a_deletion_was_asked_for(deployed: Project, number: signal.Signals) -> None:
    returned = ended_while(deployed, number, "GetCallerIdentity", "destroy", "--confirm", deployed.name("one"))

    assert (returned.returncode, deployed.status("one")) == (ENDINGS[number], "CREATE_COMPLETE")
    assert is_protected(deployed)
    assert "Nothing was changed." in returned.stdout.splitlines()[-1]


@pytest.mark.parametrize("number", ENDINGS)
def test_a_deletion_that_is_watched_is_said_to_run_on(deployed: Project, number: signal.Signals) -> None:
    name = deployed.name("one")
    returned = ended_while(deployed, number, "DescribeStackEvents", "destroy", "--confirm", name, after="DeleteStack")

    assert returned.returncode == ENDINGS[number]
    assert f"{name}: its deletion runs on" in returned.stdout.splitlines()[-1]


def ended_while(
    project: Project, number: signal.Signals, action: str, *words: str, after: str = ""
) -> subprocess.CompletedProcess[str]:
    """Send the signal while the command waits for the answer to ``action``, asked for once ``after`` was."""
    asked: list[str] = []

    def slow(one: str) -> None:
        waits = one == action and (not after or after in asked)
        asked.append(f"slow {one}" if waits else one)
        if waits:
            time.sleep(2)

    with in_front_of(project, slow) as proxy:
        project.settings["endpoint_url"] = proxy.address
        with running(project, *words) as process:
            soon(lambda: f"slow {action}" in asked)
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    project.settings["endpoint_url"] = project.endpoint
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def redirected(project: Project, redirection: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell that sends its output elsewhere; the exit code is the command's own."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", *project.command(*words)],
        cwd=project.folder,
        env=project.variables(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirection", ["| head -c 1", "| true", "> /dev/full", ">&-"])
def test_output_that_goes_nowhere_stops_it_before_anything_is_changed(project: Project, redirection: str) -> None:
    project.stack("one", {"Topic": topic()})

    result = redirected(project, redirection, "deploy")

    assert (result.returncode, is_there(project)) == (2, False), result.stderr
    [last] = result.stderr.splitlines()
    assert last.startswith("Standard output can't be written any more: ")
    assert "Nothing was changed." in last


@pytest.mark.parametrize("redirection", ["| head -c 1", ">&-"])
def test_a_review_that_nobody_reads_leaves_no_change_set(project: Project, redirection: str) -> None:
    project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after")})

    result = redirected(project, redirection, "deploy", "--review")

    assert (result.returncode, project.waiting_change_sets("one")) == (2, [])


def test_output_that_is_lost_while_the_stack_is_made(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})

    result = redirected(project, "| grep --max-count=1 'CREATE_IN_PROGRESS *Wait'", "deploy", "--wait-minutes=0.2")

    assert result.returncode == 1
    assert project.status("one") == "CREATE_IN_PROGRESS"
    assert f"In all: {name}: its creation runs on." in result.stderr.splitlines()[-1]
    project.client("cloudformation").delete_stack(StackName=name)


def test_lost_error_output_is_no_matter(project: Project, tmp_path: Path) -> None:
    project.stack("one", {"Topic": topic()})

    result = redirected(project, f"2>&- > {tmp_path}/out", "deploy")

    assert (result.returncode, project.status("one")) == (0, "CREATE_COMPLETE")
