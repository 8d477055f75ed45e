"""A disk that is really full: a small file system of its own, which only root can mount."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws, local_aws_in

SIZE = 16 << 20
VALUE = "x" * 4000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", path], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system can't be mounted here; a limit on files stands for it in tests/local_aws/state")
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


def fill(aws: LocalAws, prefix: str) -> list[str]:
    """Write parameters until one is refused; give the names of those that were not."""
    client = aws.client("ssm")
    written: list[str] = []

    def write_on() -> None:
        while True:
            name = f"/{prefix}/full/{len(written)}"
            client.put_parameter(Name=name, Value=VALUE, Type="String")
            written.append(name)

    with pytest.raises(ClientError) as refused:
        write_on()
    assert refused.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert str(aws.state_folder) in refused.value.response["Error"]["Message"]
    return written


def there(aws: LocalAws) -> set[str]:
    pages = aws.client("ssm").get_paginator("describe_parameters").paginate()
    return {one["Name"] for page in pages for one in page["Parameters"]}


@pytest.mark.timeout(200)
def test_a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_room(disk: Path) -> None:
    with local_aws_in(disk / "state") as aws:
        filler = disk / "filler"
        filler.write_bytes(b"x" * (shutil.disk_usage(disk).free - (1 << 20)))
        written = fill(aws, "first")
        assert written
        assert set(written) <= there(aws), "it goes on reading"
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            aws.client("ssm").put_parameter(Name="/again/full/1", Value=VALUE, Type="String")
        refused = aws.run("stop")
        assert refused.returncode == 2
        assert "could not write all that it held" in refused.stderr
        filler.unlink()
        aws.start_again()
        assert set(written) <= there(aws)
        aws.client("ssm").put_parameter(Name="/room/full/1", Value=VALUE, Type="String")
        filler.write_bytes(b"x" * (shutil.disk_usage(disk).free - (1 << 20)))
        written += ["/room/full/1", *fill(aws, "second")]
        filler.unlink()
        aws.client("ssm").put_parameter(Name="/room/full/2", Value=VALUE, Type="String")
        aws.kill()
        aws.start_again()
        assert {*written, "/room/full/2"} <= there(aws)
        assert aws.run("stop").returncode == 0
