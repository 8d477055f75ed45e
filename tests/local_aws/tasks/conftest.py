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
    client = aws.client("cloudformation")
    client.create_stack(StackName="probe", TemplateBody=template(), Capabilities=["CAPABILITY_NAMED_IAM"])
    client.get_waiter("stack_create_complete").wait(StackName="probe", WaiterConfig={"Delay": 1})
    outputs = {one["OutputKey"]: one["OutputValue"] for one in client.describe_stacks()["Stacks"][0]["Outputs"]}
    role = "arn:aws:iam::000000000000:role/tester"
    session = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
    key = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    image = f"{outputs['Uri']}:one"
    push(aws, key, image, tmp_path_factory.mktemp("docker"))
    aws.client("ssm", key).put_parameter(Name="/probe/word", Type="SecureString", Value="!")
    made = Probe(aws.client("ecs", key), aws.client("elbv2", key), image, outputs["Url"])
    yield made
    made.deploy(made.service()["taskDefinition"], count=0)
    docker("rmi", "--force", image)
