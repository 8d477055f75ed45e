"""A service under test: a local AWS, a stack with a load balancer, and an image in its registry."""

from collections.abc import Iterator

import pytest

from tests.local_aws.tasks.probe import BASE, Probe, docker, push, template
from tests.local_aws_fixture import LocalAws, local_aws_in


def check_docker() -> None:
    """Skip where no container can be run."""
    if docker("info").returncode != 0:
        pytest.skip("no Docker engine answers: containers can't be run")
    if docker("image", "inspect", BASE).returncode != 0 and docker("pull", BASE).returncode != 0:
        pytest.skip(f"{BASE} can't be had")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    check_docker()
    with local_aws_in(tmp_path_factory.mktemp("containers") / "state") as started:
        yield started


@pytest.fixture(scope="module")
def probe(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    outputs = aws.make_stack("probe", template())
    key = aws.session("arn:aws:iam::000000000000:role/tester")
    image = f"{outputs['Uri']}:one"
    push(aws, key, image, tmp_path_factory.mktemp("docker"))
    aws.client("ssm", key).put_parameter(Name="/probe/word", Type="SecureString", Value="!")
    made = Probe(aws.client("ecs", key), aws.client("elbv2", key), image, outputs["Url"])
    yield made
    made.deploy(made.service()["taskDefinition"], count=0)
    docker("rmi", "--force", image)
