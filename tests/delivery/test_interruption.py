"""Ctrl-C, other people's operations, and carrying on."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.delivery.project import Project, Result, topic, waiting

pytestmark = pytest.mark.slow


def signal_ready(project: Project, stack: str, status: str = "SUCCESS") -> None:
    """Send the signal that the stack waits for, as soon as it waits: a busy machine may take its time to get there."""
    client = project.client("cloudformation")
    for _ in range(300):
        try:
            client.signal_resource(StackName=project.name(stack), LogicalResourceId="Wait", UniqueId="1", Status=status)
        except client.exceptions.ClientError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{project.name(stack)} never waited for a signal")


@contextmanager
def running(project: Project, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        project.command(*words),
        cwd=project.folder,
        env=project.variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], pattern: str) -> str:
    """Read what the command writes up to a line that has the pattern; give it all."""
    assert process.stdout is not None
    shown = ""
    while not re.search(pattern, shown):
        line = process.stdout.readline()
        assert line, shown
        shown += line
    return shown


def deployed_beside(project: Project, begun: str, status: str = "SUCCESS") -> Result:
    """Run a deployment, and send the signal that its stack waits for once it has said ``begun``."""
    with running(project, "deploy") as process:
        shown = read_until(process, begun)
        signal_ready(project, "one", status)
        rest, err = process.communicate(timeout=60)
        return Result(process.returncode, shown + rest, err)


def interrupted(project: Project) -> tuple[int, str]:
    """Begin a deployment, and press Ctrl-C while the stack waits; give exit code and output."""
    with running(project, "deploy") as process:
        shown = read_until(process, "CREATE_IN_PROGRESS +Wait")
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=30)
        assert err == ""
        return process.returncode, shown + rest


def test_ctrl_c_says_what_runs_on_and_the_next_run_joins_it(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})
    second = project.stack("two", {"Topic": topic()})

    code, shown = interrupted(project)
    assert code == 130
    assert f"{name}: the operation runs on in AWS, watched or not" in shown
    assert "Stopped. `bin/deploy --environment" in shown
    assert project.status("one") == "CREATE_IN_PROGRESS"

    result = deployed_beside(project, "CREATE_IN_PROGRESS, begun by")

    assert result.code == 0, result.err
    assert f"{name}: CREATE_IN_PROGRESS, begun by bin/deploy run by" in result.out
    assert "CREATE_COMPLETE       Wait" in result.out
    assert f"{name}: nothing to change." in result.out
    assert f"{second}: a new stack" in result.out


def test_a_joined_deployment_that_fails_is_reported(project: Project) -> None:
    project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})
    interrupted(project)

    result = deployed_beside(project, "CREATE_IN_PROGRESS, begun by", "FAILURE")

    assert result.code == 1
    assert "First cause: Wait (AWS::CloudFormation::WaitCondition)" in result.err


def begin_elsewhere(project: Project, seconds: int) -> str:
    """Have someone else update the stack, for so long or until the signal is sent."""
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    changed = {"Topic": topic(), **waiting(seconds, after="Topic")}
    project.client("cloudformation").update_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": changed}), ClientRequestToken="Console-UpdateStack-1"
    )
    return name


def test_somebody_elses_operation_is_waited_for(project: Project) -> None:
    name = begin_elsewhere(project, 60)

    result = deployed_beside(project, "worked on by a request with token Console")

    assert result.code == 0, result.err
    assert f"{name}: UPDATE_IN_PROGRESS, worked on by a request with token Console-UpdateStack-1; " in result.out
    assert "waiting 30 minutes at most." in result.out
    assert project.status("one") == "UPDATE_COMPLETE"


def test_waiting_has_a_limit_and_says_who_is_at_work(project: Project) -> None:
    name = begin_elsewhere(project, 60)

    result = project.deploy("--wait-minutes", "0.02")
    signal_ready(project, "one")

    assert result.code == 2
    assert f"{name}: it is still in UPDATE_IN_PROGRESS after 0.02 minutes" in result.err
    assert "a request with token Console-UpdateStack-1; the latest event: " in result.err
    assert "--wait-minutes" in result.err


def test_a_stack_that_is_being_deleted_is_waited_for_and_made_anew(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(60, after="Topic")})
    deployed_beside(project, "CREATE_IN_PROGRESS +Wait")
    cloudformation = project.client("cloudformation")
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=name)
    project.stack("one", {"Topic": topic()})

    assert project.deploy().code == 0
    assert project.status("one") == "CREATE_COMPLETE"


@pytest.mark.parametrize("given", ["soon", "-1", "1441"])
def test_a_limit_that_is_no_number_of_minutes_is_refused(project: Project, given: str) -> None:
    project.stack("one", {"Topic": topic()})

    result = project.deploy(f"--wait-minutes={given}")

    assert result.code == 2
    assert f"found '{given}'; allowed is a number of minutes from 0 to 1440" in result.err
