"""Builds that run in a container."""

from local_aws.services.codebuild.builds.ports import Container, Machine
from tests.local_aws.codebuild.conftest import CALLER, PATH, Bench, docker, spec
from tests.support.waiting import until


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
