"""Releases of a pipeline whose service's stack is in any state, ended in any way: last line and exit code are true.

What a release changes in a stack is the image, once: a service that never had one is asked for its tasks. No test here
needs a Docker engine: the service itself stands in another stack, and wants no tasks.
"""

import re
import signal
from pathlib import Path

import pytest

from tests.bad_endpoints import HTML
from tests.delivery.project import Project, topic
from tests.delivery.releases.pipeline_template import SERVICE
from tests.delivery.releases.release_project import ReleaseProject
from tests.delivery.states_of_stacks import IMAGE, PASSING, SAID, STATES, last_line, picture, stack_in
from tests.faults.test_ended_from_outside import ENDINGS, ended_while
from tests.local_aws_fixture import LocalAws

RELEASED = f"registry.example/web@sha256:{'a' * 64}"
WAIT = ("--wait-minutes", "0.05")
UPDATABLE = {"CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", *PASSING}
"""Of the others, AWS refuses the update; one that passes is only told: the stack itself is in CREATE_COMPLETE."""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> ReleaseProject:
    """Return a pipeline that has released an image to a service that wants no tasks."""
    made = ReleaseProject(Project(tmp_path_factory.mktemp("released"), local_aws))
    made.commit_image(RELEASED)
    made.deploy(service={})
    done = made.run("release")
    assert done.code == 0, done.err
    return made


@pytest.fixture
def released(pipeline: ReleaseProject, tmp_path: Path, local_aws: LocalAws) -> Project:
    """Return a project of that pipeline, whose stack ``one`` takes the image of the service."""
    project = Project(tmp_path, local_aws)
    names = {"cluster": pipeline.name, "service": SERVICE, "container": SERVICE}
    image = {"name": "WebImage", "from": "running-image", **names}
    project.stack("one", {"Topic": topic()}, declared=IMAGE, parameters=[image])
    project.manifest["pipelines"] = [pipeline.entry(pipeline.project.name("all"))]
    return project


def ids(pipeline: ReleaseProject) -> list[str]:
    return [str(one["pipelineExecutionId"]) for one in pipeline.executions()]


@pytest.mark.parametrize("state", STATES)
def test_what_became_of_the_stack_is_said(released: Project, pipeline: ReleaseProject, state: str) -> None:
    [execution, *_] = ids(pipeline)
    with stack_in(released, state):
        before = picture(released)
        result = released.run("release", "--follow", execution, *WAIT)
        after = picture(released)

    assert "Traceback" not in result.err
    if state == "DELETE_COMPLETE":
        assert (result.code, before, after) == (0, {}, {})
        assert f"{SERVICE}: the image is deployed, but the service asks for 0 tasks" in result.out
        return
    last = last_line(result)
    assert result.code == 1
    assert last.startswith("In all: ")
    assert f"execution {execution[:8]} succeeded, its image is deployed" in last
    [(name, done, status)] = SAID.findall(last)
    assert name == released.name("one")
    assert status == after["one"][1]
    assert (done == "updated") == (state in UPDATABLE) == (after != before)
    assert ("no task of it runs" in last) == (state not in UPDATABLE)


def test_a_stack_that_has_the_image_is_left_alone(released: Project, pipeline: ReleaseProject) -> None:
    [execution, *_] = ids(pipeline)
    with stack_in(released, "CREATE_COMPLETE"):
        released.run("release", "--follow", execution, *WAIT)
        before = picture(released)
        result = released.run("release", "--follow", execution, *WAIT)

    assert (result.code, picture(released)) == (0, before)


@pytest.mark.parametrize("state", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_contact_that_is_lost_while_the_stack_is_updated(
    released: Project, pipeline: ReleaseProject, state: str
) -> None:
    [execution, *_] = ids(pipeline)
    begun: list[str] = []

    def lost(action: str) -> tuple[int, str] | None:
        begun.extend([action] if action == "UpdateStack" else [])
        return (200, HTML.decode()) if begun and action == "DescribeStackEvents" else None

    with stack_in(released, state, lost):
        result = released.run("release", "--follow", execution, *WAIT)

    assert result.code == 1
    assert f"{released.name('one')}: its update runs on" in last_line(result)
    assert f"execution {execution[:8]} succeeded, its image is deployed" in last_line(result)


def test_contact_that_is_lost_while_it_starts(released: Project) -> None:
    with stack_in(released, "CREATE_COMPLETE", lambda one: (200, "") if one == "StartPipelineExecution" else None):
        result = released.run("release")

    assert result.code == 1
    assert "It is not known whether a release has started" in last_line(result)


def test_contact_that_is_lost_while_it_is_followed(released: Project, pipeline: ReleaseProject) -> None:
    before = ids(pipeline)
    with stack_in(released, "CREATE_COMPLETE", lambda one: (200, "") if one == "GetPipelineExecution" else None):
        result = released.run("release")

    [execution] = set(ids(pipeline)) - set(before)
    assert result.code == 1
    assert re.search(
        f"The release may continue. Come back to it with `bin/release .*{execution[:8]}`", last_line(result)
    )


MOMENTS = {
    "GetCallerIdentity": "Stopped. Nothing was changed.",
    "StartPipelineExecution": "It is not known whether a release has started",
    "GetPipelineExecution": "The release continues, watched or not.",
}


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_signal(released: Project, pipeline: ReleaseProject, number: signal.Signals, moment: str) -> None:
    before = ids(pipeline)

    returned = ended_while(released, number, moment, "release")

    assert returned.returncode == ENDINGS[number], returned.stderr
    assert MOMENTS[moment] in returned.stdout.splitlines()[-1]
    if moment == "GetCallerIdentity":
        assert ids(pipeline) == before


@pytest.mark.parametrize("number", ENDINGS)
def test_a_signal_while_the_stack_is_updated(
    released: Project, pipeline: ReleaseProject, number: signal.Signals
) -> None:
    [execution, *_] = ids(pipeline)
    with stack_in(released, "CREATE_COMPLETE"):
        released.settings["endpoint_url"] = released.endpoint
        words = ("release", "--follow", execution)
        returned = ended_while(released, number, "DescribeStackEvents", *words, after="UpdateStack")

    assert returned.returncode == ENDINGS[number], returned.stderr
    last = returned.stdout.splitlines()[-1]
    assert f"{released.name('one')}: its update runs on" in last
    assert f"execution {execution[:8]} succeeded, its image is deployed" in last
