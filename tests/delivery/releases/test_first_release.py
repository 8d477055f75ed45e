"""The first release to a service that asks for no tasks while there is no image."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.delivery.releases.pipeline_template import NO_IMAGE
from tests.delivery.releases.release_project import ReleaseProject
from tests.local_aws_fixture import LocalAws

PYTHON = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"


def has_image() -> bool:
    try:
        return subprocess.run(["docker", "image", "inspect", PYTHON], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


needs_docker = pytest.mark.skipif(not has_image(), reason=f"needs a Docker engine that has {PYTHON}")


@pytest.fixture
def running(releases: ReleaseProject) -> Iterator[ReleaseProject]:
    """Return a project whose service is gone afterwards: its tasks would go on, or go on failing."""
    yield releases
    cloudformation, stack = releases.client("cloudformation"), releases.project.name("all")
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=stack)


@needs_docker
def test_its_tasks_are_started_and_a_deployment_keeps_them(running: ReleaseProject) -> None:
    running.deploy(service={"Command": ["python", "-m", "http.server"]})
    running.commit_image(PYTHON)

    done = running.run("release", "--json")
    status = running.run("status")
    checked = {one["name"]: one for one in running.run("doctor", "--json").of_kind("check")}
    deployed = running.run("deploy")

    assert done.code == 0, done.err
    assert (checked["last execution"]["state"], checked["image"]["state"]) == ("ok", "ok")
    assert checked["image"]["says"] == f"{PYTHON}, 1 of 1 tasks run."
    (first,) = [line for line in done.of_kind("notice") if line.get("first_release")]
    assert "first release, so no task runs yet. Updating stack" in first["text"]
    (now,) = done.of_kind("deployed")
    assert (now["image"], now["desired"], now["running"]) == (PYTHON, 1, 1)
    assert "tasks   1 of 1 running" in status.out
    assert "nothing to change." in deployed.out


@needs_docker
def test_tasks_that_end_at_once_are_told_with_what_they_wrote(running: ReleaseProject) -> None:
    running.deploy(service={"Command": ["python", "-c", "raise SystemExit('no such setting')"]})
    running.commit_image(PYTHON)

    done = running.run("release")
    status = running.run("status")

    assert done.code == 1
    assert "Task " in done.err
    assert "is in UPDATE_ROLLBACK_COMPLETE" in done.err
    assert "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'." in done.err
    assert "no image was released to service web" in status.out  # the stack is as it was before
    assert "because the circuit breaker threshold was exceeded." in status.out
    assert "stopped: Essential container exited; exit code 1" in status.out
    assert "Likely cause: " in done.err


def test_a_service_that_asks_for_no_tasks_is_left_so(releases: ReleaseProject) -> None:
    releases.deploy(service={})
    image = f"registry.example/web@sha256:{'a' * 64}"
    before = releases.run("status")
    releases.commit_image(image)

    done = releases.run("release", "--json")

    assert NO_IMAGE not in before.out
    assert "web: no image was released to service web." in before.out
    assert done.code == 0, done.err
    (now,) = done.of_kind("deployed")
    assert (now["image"], now["digest"], now["desired"]) == (image, f"sha256:{'a' * 64}", 0)


def test_what_can_not_run_without_an_engine_is_said_before(shared: ReleaseProject) -> None:
    without = shared.run("release", "--no-wait", DOCKER_HOST="tcp://127.0.0.1:1")

    first, *_, started = without.out.splitlines()
    assert first.startswith("Docker engine: ")
    assert first.endswith("Without it a release runs Source, Secure and Test only, and no tasks run.")
    assert "started execution" in started


def test_a_secret_without_a_value_is_told_before(releases: ReleaseProject, local_aws: LocalAws) -> None:
    releases.deploy()
    name = f"/cruddur/{releases.name}/CONNECTION_URL"
    releases.project.manifest["secrets"] = [{"service": "web", "name": name}]

    done = releases.run("release", "--no-wait")
    local_aws.client("ssm").put_parameter(Name=name, Value="x", Type="SecureString")
    again = releases.run("release", "--no-wait")

    assert f"Secret {name} has no value: the tasks can't start without it. Put it with `bin/secret put" in done.out
    assert "has no value" not in again.out
