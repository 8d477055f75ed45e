"""What commands say where the files of a state folder, or whoever answers for it, are not what they should be."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_endpoints import KINDS, bad_endpoint
from tests.local_aws_fixture import LocalAws, local_aws_in, run_local_aws

pytestmark = pytest.mark.slow

BROKEN = (b"", b"{", b"[]", b'{"pid": "one"}', b"\xff\xfe\x00")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws_in(tmp_path_factory.mktemp("own") / "state") as started:
        yield started


@pytest.mark.parametrize("command", [("handshake",), ("stand-in", "/a/b/C", "x"), ("status",), ("status", "--json")])
@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_record_is_named(tmp_path: Path, command: tuple[str, ...], content: bytes) -> None:
    (tmp_path / "process.json").write_bytes(content)
    done = run_local_aws(*command, "--state", str(tmp_path))
    assert done.returncode == (1 if command[0] == "status" else 2)
    assert f"{tmp_path / 'process.json'} is broken" in done.stdout + done.stderr
    assert "bin/local-aws start puts the file aside" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_problem_is_a_json_object_where_that_was_asked_for(tmp_path: Path) -> None:
    done = run_local_aws("handshake", "--json", "--state", str(tmp_path))
    assert done.returncode == 2
    assert json.loads(done.stdout) == {"kind": "problem", "sentences": [done.stderr.strip()], "failed": False}


def test_a_broken_record_is_removed_at_a_stop(tmp_path: Path) -> None:
    (tmp_path / "process.json").write_text("{")
    done = run_local_aws("stop", "--state", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{tmp_path / 'process.json'} was broken, and was removed" in done.stdout
    assert not (tmp_path / "process.json").exists()


@pytest.mark.parametrize("content", [b"", b"no profile", b"[deployer]\n", b"[other]\nregion = x\n", b"\xff\xfe"])
def test_broken_credentials_are_named(own: LocalAws, content: bytes) -> None:
    kept = own.credentials_file.read_bytes()
    own.credentials_file.write_bytes(content)
    try:
        done = own.run("stand-in", "/a/b/C", "x")
    finally:
        own.credentials_file.write_bytes(kept)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{own.credentials_file} has no key for profile deployer (")
    assert done.stderr.count("\n") == 1


def test_a_user_s_own_profile_is_not_looked_for(own: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    done = own.run("stand-in", "/a/b/C", "x")
    assert (done.returncode, done.stderr) == (0, "")


def test_one_that_does_not_answer_is_told_from_one_that_does_not_run(own: LocalAws) -> None:
    pid = json.loads((own.state_folder / "process.json").read_text())["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        done = [own.run(*words) for words in (("status",), ("handshake",), ("start", "--port", str(own.port)))]
        took = time.monotonic() - began
    finally:
        os.kill(pid, signal.SIGCONT)
    for one in done:
        assert f"(process {pid}) does not answer: bin/local-aws stop ends it." in one.stdout + one.stderr
    assert [one.returncode for one in done] == [1, 2, 2]
    assert took < 60


@pytest.mark.parametrize("kind", ["html", "other-xml", "json-list", "empty", "garbage", "nothing", "drip", "closed"])
def test_a_port_that_something_else_holds_is_refused_in_time(tmp_path: Path, kind: str) -> None:
    with bad_endpoint(KINDS[kind]) as endpoint:
        port = endpoint.address.rpartition(":")[2]
        began = time.monotonic()
        done = run_local_aws("start", "--state", str(tmp_path / "state"), "--port", port)
    assert time.monotonic() - began < 10
    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {port} is held by another program")
    assert done.stderr.count("\n") == 1
