"""What is answered with success is on disk, and what can't be kept is refused."""

import json
import resource
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.process.server_record import is_alive
from tests.local_aws_fixture import LocalAws, local_aws_in

pytestmark = pytest.mark.slow

WRITERS, WRITES = 8, 10


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[LocalAws]:
    with local_aws_in(tmp_path / "state") as started:
        yield started


@contextmanager
def full_disk(aws: LocalAws) -> Iterator[None]:
    """Let the process make no file longer than it is, until the end."""
    if sys.platform != "linux":
        pytest.skip("the limits of another process are set on Linux alone")
    pid = aws.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        if is_alive(pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def names(aws: LocalAws) -> set[str]:
    pages = aws.client("ssm").get_paginator("describe_parameters").paginate()
    return {parameter["Name"] for page in pages for parameter in page["Parameters"]}


def test_steady_writers_lose_nothing_to_a_kill(own_aws: LocalAws) -> None:
    def write(writer: int) -> list[str]:
        client = own_aws.client("ssm")
        made = [f"/kept/{writer}/{number}" for number in range(WRITES)]
        for name in made:
            client.put_parameter(Name=name, Value="v", Type="String")
        return made

    with ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = {name for made in pool.map(write, range(WRITERS)) for name in made}
    own_aws.kill()
    own_aws.start_again()
    assert names(own_aws) == acknowledged
    assert len(acknowledged) == WRITERS * WRITES


def put_object(aws: LocalAws, name: str) -> None:
    aws.client("s3").put_object(Bucket=name, Key="k", Body=b"content")


WRITES_BY_PROTOCOL: dict[str, Any] = {
    "json": lambda aws: aws.client("ssm").put_parameter(Name="/a/b/c", Value="v", Type="String"),
    "query": lambda aws: aws.client("cloudformation").create_stack(
        StackName="full", TemplateBody=json.dumps({"Resources": {"A": {"Type": "AWS::SNS::Topic"}}})
    ),
    "our own": lambda aws: aws.client("codepipeline").disable_stage_transition(
        pipelineName="p", stageName="s", transitionType="Inbound", reason="r"
    ),
}


def test_a_full_disk_is_an_error_and_what_was_written_before_stays(own_aws: LocalAws) -> None:
    client = own_aws.client("ssm")
    client.put_parameter(Name="/before/b/c", Value="v", Type="String")
    with full_disk(own_aws):
        for name in ("json", "query"):
            with pytest.raises(ClientError) as refused:
                WRITES_BY_PROTOCOL[name](own_aws)
            error = refused.value.response
            assert error["Error"]["Code"] == "ServiceUnavailable"
            assert f"make room for {own_aws.state_folder}" in error["Error"]["Message"]
            assert error["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert client.get_parameter(Name="/before/b/c")["Parameter"]["Value"] == "v"
    client.put_parameter(Name="/after/b/c", Value="v", Type="String")
    own_aws.kill()
    own_aws.start_again()
    assert {"/before/b/c", "/after/b/c"} <= names(own_aws)


def test_an_object_that_can_not_be_written_is_an_error(own_aws: LocalAws) -> None:
    template = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full-disk-bucket"}}}}
    cloudformation = own_aws.client("cloudformation")
    cloudformation.create_stack(StackName="bucket", TemplateBody=json.dumps(template))
    with full_disk(own_aws), pytest.raises(ClientError) as refused:
        own_aws.client("s3").put_object(Bucket="full-disk-bucket", Key="templates/a", Body=b"content")
    assert refused.value.response["Error"]["Code"] == "ServiceUnavailable"
    own_aws.client("s3").put_object(Bucket="full-disk-bucket", Key="templates/b", Body=b"content")
    own_aws.kill()
    own_aws.start_again()
    assert own_aws.client("s3").get_object(Bucket="full-disk-bucket", Key="templates/b")["Body"].read() == b"content"


def test_stop_says_what_could_not_be_kept(own_aws: LocalAws) -> None:
    with full_disk(own_aws):
        with pytest.raises(ClientError):
            WRITES_BY_PROTOCOL["json"](own_aws)
        stopped = own_aws.run("stop")
    assert stopped.returncode == 2
    assert f"could not write all that it held to {own_aws.state_folder}" in stopped.stderr
    own_aws.start_again()
    assert own_aws.run("stop").returncode == 0


def test_reading_writes_nothing_and_writing_the_same_again_takes_no_room(own_aws: LocalAws) -> None:
    client = own_aws.client("ssm")
    client.put_parameter(Name="/a/b/c", Value="v", Type="String")

    def commits() -> int:
        return int((own_aws.state_folder / "state.commits").read_text())

    before = commits()
    for _ in range(20):
        client.get_parameter(Name="/a/b/c")
        own_aws.client("sns").list_topics()
    assert commits() == before
    for number in range(150):
        client.put_parameter(Name="/a/b/c", Value=f"v{number % 10}", Type="String", Overwrite=True)
    with closing(sqlite3.connect(own_aws.state_folder / "state.sqlite")) as connection:
        (length,) = connection.execute("SELECT sum(length(value)) FROM rows WHERE area = 'ministack/ssm'").fetchone()
    assert length < 100_000
