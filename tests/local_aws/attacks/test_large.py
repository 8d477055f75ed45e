"""Large objects and layers pass through as streams: nothing of them stays in memory, and little of them is there."""

import hashlib
import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig

from local_aws.process.server_record import StateFolder
from tests.local_aws.attacks.attacker import Attempt, Signer, resident_megabytes
from tests.local_aws.attacks.conftest import BUCKET, Target
from tests.local_aws.attacks.test_registry import Client, digest

pytestmark = pytest.mark.slow

SIZE = 60_000_000


@pytest.fixture(scope="module")
def large() -> bytes:
    return os.urandom(SIZE)


@pytest.fixture
def s3(target: Target) -> Any:
    return target.aws.client("s3", target.owner)


@contextmanager
def staying_below(target: Target, megabytes: float, afterwards: float = 25) -> Iterator[None]:
    """See that the process grows by so much at most meanwhile, and afterwards."""
    running = StateFolder(target.aws.state_folder).read()
    assert running is not None
    before, most, over = resident_megabytes(running.pid), [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            most[0] = max(most[0], resident_megabytes(running.pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()
    assert most[0] - before < megabytes
    time.sleep(0.2)
    assert resident_megabytes(running.pid) - before < afterwards


def _incoming(target: Target) -> list[Path]:
    return list((target.aws.state_folder / "incoming").glob("*"))


def test_an_object_is_put_and_read_and_copied_without_being_held(target: Target, s3: Any, large: bytes) -> None:
    with staying_below(target, 30):
        s3.put_object(Bucket=BUCKET, Key="large", Body=large)
        body = s3.get_object(Bucket=BUCKET, Key="large")["Body"]
        assert hashlib.sha256(body.read()).digest() == hashlib.sha256(large).digest()
        s3.copy_object(Bucket=BUCKET, Key="copied", CopySource=f"{BUCKET}/large")
        part = s3.get_object(Bucket=BUCKET, Key="copied", Range="bytes=1000-50000000")
        assert part["Body"].read() == large[1000:50_000_001]
        assert part["ContentLength"] == 49_999_001
    assert _incoming(target) == []


def test_versions_are_not_held_either(target: Target, s3: Any, large: bytes) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    with staying_below(target, 30):
        first = s3.put_object(Bucket=BUCKET, Key="versioned", Body=large)["VersionId"]
        s3.put_object(Bucket=BUCKET, Key="versioned", Body=large[1:])
        s3.delete_object(Bucket=BUCKET, Key="versioned")
        got = s3.get_object(Bucket=BUCKET, Key="versioned", VersionId=first)["Body"].read()
        assert got == large
    s3.put_object(Bucket=BUCKET, Key="small", Body=b"one")
    small = s3.put_object(Bucket=BUCKET, Key="small", Body=b"two")["VersionId"]
    s3.put_object(Bucket=BUCKET, Key="small", Body=b"three")
    assert s3.get_object(Bucket=BUCKET, Key="small", VersionId=small)["Body"].read() == b"two"


def test_an_upload_in_parts_leaves_nothing_behind(target: Target, s3: Any, large: bytes) -> None:
    with staying_below(target, 40):
        s3.upload_fileobj(io.BytesIO(large), BUCKET, "parts", Config=TransferConfig(multipart_chunksize=8 << 20))
        got = io.BytesIO()
        s3.download_fileobj(BUCKET, "parts", got)
        assert got.getvalue() == large
    assert _incoming(target) == []
    assert s3.head_object(Bucket=BUCKET, Key="parts")["ETag"].endswith('-8"')


def test_a_body_with_another_hash_than_was_signed_is_refused_and_gone(target: Target, s3: Any, large: bytes) -> None:
    put = Attempt(target.port, "PUT", f"/{BUCKET}/other", body=large[: 3 << 20])
    signed = Signer(target.owner, "s3").in_header(put)
    answer = replace(signed, body=put.body[:-1] + b"!").send()
    assert (answer.status, b"XAmzContentSHA256Mismatch" in answer.body) == (400, True)
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="other")["KeyCount"] == 0
    assert _incoming(target) == []


def test_a_layer_is_pushed_and_pulled_without_being_held(target: Target, large: bytes) -> None:
    client = Client(target, target.owner)
    with staying_below(target, 30):
        assert client.upload(large).status == 201
        assert client.send("GET", f"blobs/{digest(large)}").body == large
