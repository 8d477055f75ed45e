"""The local AWS is killed at twenty moments of deployments and releases, with writers beside: all comes to an end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT
from tests.faults.writers import Writers
from tests.local_aws.iam.release_place import Pipeline, pipeline_in
from tests.local_aws.iam.release_template import NAME
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.scenarios.place import PARAMETERS, Place

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Connections to what was killed are collected as they are."""

MOMENTS = 10
SECONDS_TO_END = 60
STACKS = ("cruddur-foundation", "cruddur-runtime", "cruddur-backend-flask", "cruddur-backend-flask-pipeline")


@contextmanager
def writers_beside(aws: LocalAws) -> Iterator[None]:
    """Write meanwhile; at the end, all that was acknowledged is there."""
    writers = Writers(aws)
    writers.prepare()
    with writers.writing(parameters=1, counters=1, objects=1, stacks=1):
        yield
    assert writers.calls > MOMENTS
    assert writers.lost() + writers.lost_stacks() == []


def deploy(place: Place, number: int) -> "subprocess.Popen[str]":
    """Begin a deployment that changes something."""
    changed = {**PARAMETERS, "AwsCognitoUserPoolClientId": f"5rehearsal5client{number}"}
    environment = place.aws.environment_file(place.folder / f"here-{number}.toml", changed)
    words = ["deploy", "--yes", "--environment", str(environment), "--build", str(place.build)]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "delivery", *words],
        cwd=place.folder,
        env={"PYTHONPATH": str(PROJECT_ROOT), "HOME": str(place.folder), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.timeout(300)
def test_ten_moments_of_deployments(tmp_path: Path) -> None:
    with local_aws_in(tmp_path / "state") as aws:
        place = Place(tmp_path, aws, PROJECT_ROOT / "build")
        took = 4.0
        with writers_beside(aws):
            for moment in range(MOMENTS):
                deployment = deploy(place, moment)
                time.sleep(0.5 + took * moment / MOMENTS)
                aws.kill()
                aws.start_again()
                told, _ = deployment.communicate(timeout=SECONDS_TO_END)
                assert "Traceback" not in told, told
            began = time.monotonic()
            whole = deploy(place, MOMENTS)
            told, _ = whole.communicate(timeout=SECONDS_TO_END)
            assert whole.returncode == 0, told
            assert time.monotonic() - began < SECONDS_TO_END
        stacks = aws.client("cloudformation").describe_stacks()["Stacks"]
        assert {
            stack["StackName"]: stack["StackStatus"].rpartition("_")[2]
            for stack in stacks
            if stack["StackName"].startswith("cruddur")
        } == dict.fromkeys(STACKS, "COMPLETE")


def ended(place: Pipeline) -> dict[str, str]:
    """Wait until no execution is in progress; give the status of each."""
    client, deadline = place.aws.client("codepipeline"), time.monotonic() + SECONDS_TO_END
    while True:
        found = client.list_pipeline_executions(pipelineName=NAME)["pipelineExecutionSummaries"]
        statuses = {one["pipelineExecutionId"]: one["status"] for one in found}
        if "InProgress" not in statuses.values() or time.monotonic() > deadline:
            return statuses
        time.sleep(0.1)


@pytest.mark.timeout(300)
def test_ten_moments_of_releases(tmp_path: Path) -> None:
    with pipeline_in(tmp_path) as place:
        began = time.monotonic()
        assert place.release()[1] == "Succeeded"
        took = time.monotonic() - began
        client = place.aws.client("codepipeline")
        with writers_beside(place.aws):
            for moment in range(MOMENTS):
                started = client.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
                time.sleep(took * moment / MOMENTS)
                place.aws.kill()
                place.aws.start_again()
                assert ended(place)[started] in {"Succeeded", "Failed"}
            assert place.release()[1] == "Succeeded"
        builds = place.aws.client("codebuild")
        found = builds.batch_get_builds(ids=builds.list_builds()["ids"])["builds"]
        assert {build["buildStatus"] for build in found} <= {"SUCCEEDED", "FAILED", "STOPPED", "FAULT"}
