"""Builds and a container engine: what a build started there ends with it, and builds that run in a container."""

import shutil
import subprocess
import uuid

import pytest

from local_aws.builds.surroundings import Container, Machine
from tests.local_aws.builds.conftest import CALLER, PATH, Bench, spec, until


def docker(*arguments: str) -> str:
    finished = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=False)
    return finished.stdout.strip() if finished.returncode == 0 else ""


def an_image() -> str:
    """Give an image that the engine has and that has a shell; tests pull nothing."""
    for image in docker("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if "<none>" not in image and docker("run", "--rm", "--entrypoint", "/bin/sh", image, "-c", "echo shell"):
            return image
    return ""


@pytest.fixture(scope="module")
def image() -> str:
    if not shutil.which("docker") or not docker("version", "--format", "{{.Server.Version}}"):
        pytest.skip("needs a container engine that answers to docker")
    found = an_image()
    if not found:
        pytest.skip("needs an image with a shell in the engine (.ci/stand-in-images makes some)")
    return found


def forever(image: str, name: str) -> str:
    return f"docker run -d --name {name} --entrypoint /bin/sh {image} -c 'while sleep 1; do true; done'"


def test_containers_that_a_build_leaves_behind_end_with_it(bench: Bench, image: str) -> None:
    name = f"left-{uuid.uuid4().hex}"
    outcome = bench.run(spec(forever(image, name), f"docker ps --filter name={name} -q | wc -l"))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert outcome.output[-1] == "1"
    assert not docker("ps", "-aq", "--filter", f"name={name}")


def test_a_build_runs_in_a_container_with_its_source_and_its_environment(bench: Bench, image: str) -> None:
    bench.machine = Machine(path=PATH, container=Container(image))
    bench.aws.parameters = {"/a": "hunter22"}
    text = spec(
        "A=1; cd /tmp", "echo $A $PWD $S $HOME", "echo x >$CODEBUILD_SRC_DIR/file", "test -e /.dockerenv"
    ).replace("phases:", "env: {parameter-store: {S: /a}}\nphases:")
    text += "artifacts: {files: [file]}\n"
    output = {"type": "CODEPIPELINE", "location": "artifacts", "name": "out"}
    outcome = bench.run(text, artifactsOverride=output)
    assert outcome.status == "SUCCEEDED", outcome.log
    assert outcome.output == ["1 /tmp *** /root"]
    assert ("artifacts", "out") in bench.aws.objects
    assert not docker("ps", "-aq", "--filter", f"label=local-aws.build={outcome.record['id']}")


def test_stopping_a_build_ends_its_container(bench: Bench, image: str) -> None:
    bench.machine = Machine(path=PATH, container=Container(image))
    build_id = bench.start(buildspecOverride=spec("echo begun; trap '' TERM; while :; do sleep 0.2; done"))
    bench.when_logged(build_id, "begun\n")
    assert bench.service.stop_build(CALLER, {"id": build_id})["build"]["buildStatus"] in ("STOPPED", "IN_PROGRESS")
    assert bench.ended(build_id).status == "STOPPED"
    until(lambda: not docker("ps", "-aq", "--filter", f"label=local-aws.build={build_id}"))


def test_an_image_that_is_not_there_fails_provisioning(bench: Bench, image: str) -> None:
    assert image
    bench.machine = Machine(path=PATH, container=Container("local-aws.invalid/nothing:1"))
    outcome = bench.run(spec("true"))
    assert outcome.status == "FAILED"
    assert outcome.context("PROVISIONING")[0] == "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE"
