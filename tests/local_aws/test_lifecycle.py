"""Starting, stopping, being killed, and who may have the port."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_aws.process.server_record import is_alive
from local_aws.state.database import Database, Row
from proofs.rehearsal.local_account import free_port
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws, local_aws_in, run_local_aws

pytestmark = pytest.mark.slow

TOPIC = json.dumps({"Resources": {"A": {"Type": "AWS::SNS::Topic"}}})
ASSUMED = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
FUNCTION = json.dumps(
    {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [ASSUMED]}}},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.12",
                    "Handler": "index.handler",
                    "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                },
            },
        },
        "Outputs": {"Function": {"Value": {"Ref": "Function"}}},
    }
)


def _status(started: LocalAws) -> dict[str, object]:
    found: dict[str, object] = json.loads(started.run("status", "--json").stdout)
    return found


def test_starting_twice_says_that_it_runs_and_is_quick(local_aws: LocalAws) -> None:
    began = time.monotonic()
    again = local_aws.run("start")
    took = time.monotonic() - began
    assert again.returncode == 0
    assert f"runs already at {local_aws.endpoint_url}" in again.stdout
    assert took < 1, "the second start imports nothing that takes time"


def test_the_second_start_imports_no_aws_library() -> None:
    words = "import sys, local_aws.command_line, local_aws.process.start; print(*sys.modules)"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-P", "-c", words],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"ministack", "hypercorn", "botocore", "cloudformation_validate", "asyncio"} & set(done.stdout.split())


def test_another_port_for_what_runs_is_refused(local_aws: LocalAws) -> None:
    refused = local_aws.run("start", "--port", str(free_port()))
    assert refused.returncode == 2
    assert f"runs already with port {local_aws.port}" in refused.stderr


def test_a_port_that_another_program_holds_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        refused = run_local_aws("start", "--state", str(tmp_path / "state"), "--port", str(port))
    assert refused.returncode == 2
    assert f"Port {port} is held by another program" in refused.stderr
    assert "another port in endpoint_url of config/environments/local.toml" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_port_that_another_local_aws_holds_is_refused(local_aws: LocalAws, tmp_path: Path) -> None:
    refused = run_local_aws("start", "--state", str(tmp_path / "other"), "--port", str(local_aws.port))
    assert refused.returncode == 2
    assert f"the local AWS of another folder ({local_aws.state_folder}" in refused.stderr


def test_nobody_else_reads_what_lies_in_a_folder_that_others_may_list(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o755)
    for name in ("local-aws.log", "start.lock"):  # as an earlier version left them
        (state / name).write_text("")
        (state / name).chmod(0o644)
    before = os.umask(0)
    try:
        with local_aws_in(state) as started:
            started.make_stack("one", TOPIC)
            readable = list(_readable_by_others(state))
    finally:
        os.umask(before)
    assert readable == []
    assert {stat.S_IMODE((state / name).stat().st_mode) for name in ("local-aws.log", "start.lock")} == {0o600}


def _readable_by_others(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        mode = path.stat().st_mode
        if path.is_dir() and mode & 0o011:
            yield from _readable_by_others(path)
        elif not path.is_dir() and mode & 0o066:
            yield path


def _copies_of(function: str) -> list[Path]:
    """Return where the code of a function was unpacked to run."""
    return list(Path(tempfile.gettempdir()).glob(f"*{function}*"))


def test_what_was_deployed_survives_a_stop_and_a_kill(tmp_path: Path) -> None:
    with local_aws_in(tmp_path / "state") as started:
        key = started.deployer_key
        one = f"one-{started.port}"  # of no other test that runs beside this one
        name = started.make_stack(one, FUNCTION)["Function"]
        administrator(started, "lambda").invoke(FunctionName=name)
        assert _copies_of(name)
        assert started.run("stop").returncode == 0
        assert not _copies_of(name)
        assert started.run("status").returncode == 1
        assert started.run("start", "--port", str(started.port)).returncode == 0
        started.make_stack("two", TOPIC)
        os.kill(int(str(_status(started)["pid"])), signal.SIGKILL)
        assert "does not run" in started.run("status").stdout
        assert started.run("start", "--port", str(started.port)).returncode == 0
        stacks = started.client("cloudformation").describe_stacks()["Stacks"]
        assert {stack["StackName"]: stack["StackStatus"] for stack in stacks} == {
            one: "CREATE_COMPLETE",
            "two": "CREATE_COMPLETE",
        }
        assert LocalAws(started.port, started.state_folder).deployer_key == key


def test_it_ends_where_its_folder_is_removed_and_the_next_one_has_the_port(tmp_path: Path) -> None:
    with local_aws_in(tmp_path / "state") as started:
        before = int(str(_status(started)["pid"]))
        shutil.rmtree(started.state_folder)
        again = started.run("start", "--port", str(started.port))
        assert again.returncode == 0, again.stderr
        assert not is_alive(before)
        assert _status(started)["pid"] != before
        assert started.client("cloudformation").describe_stacks()["Stacks"] == []


def test_two_starts_at_once_make_one(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "state"
    words = ("start", "--state", str(folder), "--port", str(port))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _number: run_local_aws(*words), range(2)))
    try:
        assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
        assert sorted("already" in one.stdout for one in done) == [False, True]
    finally:
        run_local_aws("stop", "--state", str(folder))


def test_a_crash_at_the_start_shows_the_end_of_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    database = Database(folder)
    database.write([Row("ministack/ssm", "parameters", "no key", "no JSON")])
    database.close()
    failed = run_local_aws("start", "--state", str(folder), "--port", str(free_port()))
    assert failed.returncode == 2
    assert "ended while it started; its log ends with:" in failed.stderr
    assert f"{folder}/state.sqlite holds a state of ssm that can't be read" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert str(folder / "local-aws.log") in failed.stderr


def test_a_long_log_is_put_aside_at_a_start(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "local-aws.log").write_bytes(b"x" * 10_000_001)
    with local_aws_in(folder) as started:
        assert 0 < (folder / "local-aws.log").stat().st_size < 100_000
        assert (folder / "local-aws.earlier.log").stat().st_size == 10_000_001
        started.run("stop")
        (folder / "local-aws.log").write_bytes(b"y" * 9_000_000)
        started.run("start", "--port", str(started.port))
        assert (folder / "local-aws.log").stat().st_size > 9_000_000
        assert (folder / "local-aws.earlier.log").read_bytes()[:1] == b"x"


def test_the_state_of_one_account_does_not_serve_another(tmp_path: Path) -> None:
    with local_aws_in(tmp_path / "state", "--account", "111122223333", "--region", "eu-west-1") as started:
        identity = LocalAws(started.port, started.state_folder, "eu-west-1").client("sts").get_caller_identity()
        assert identity["Account"] == "111122223333"
        started.run("stop")
        refused = started.run("start", "--account", "000000000000", "--port", str(started.port))
        assert refused.returncode == 2
        assert "of account 111122223333, not 000000000000" in refused.stderr


def test_a_stale_record_of_a_process_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    record = {"pid": os.getpid(), "port": 1, "account_id": "0", "region": "x", "started": 1.0, "token": "x"}
    (folder / "process.json").write_text(json.dumps(record))
    with local_aws_in(folder) as started:
        assert _status(started)["running"] is True


def test_it_listens_on_loopback_and_nowhere_else(local_aws: LocalAws) -> None:
    pid = int(str(_status(local_aws)["pid"]))
    inodes = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    listening = [
        fields[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and f"socket:[{fields[9]}]" in inodes
    ]
    hosts = {socket.inet_ntoa(bytes.fromhex(address.split(":")[0])[::-1]) for address in listening}
    assert "127.0.0.1" in hosts
    assert all(host == "127.0.0.1" or host.startswith("172.") for host in hosts)


@pytest.mark.parametrize("name", ["credentials", "process.json", "registry-secret"])
def test_secrets_are_for_their_owner_alone(local_aws: LocalAws, name: str) -> None:
    assert stat.S_IMODE((local_aws.state_folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(local_aws.state_folder.stat().st_mode) == 0o700


def test_the_log_holds_no_secret(local_aws: LocalAws) -> None:
    log = (local_aws.state_folder / "local-aws.log").read_text()
    token = json.loads((local_aws.state_folder / "process.json").read_text())["token"]
    assert local_aws.deployer_key[1] not in log
    assert token not in log


def test_reset_asks_and_forgets(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with local_aws_in(folder) as started:
        asked = started.run("reset")
        assert asked.returncode == 2
        assert "--yes" in asked.stderr
        assert started.run("reset", "--yes").returncode == 0
        assert not folder.exists()


def test_reset_removes_nothing_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    refused = run_local_aws("reset", "--state", str(tmp_path), "--yes")
    assert refused.returncode == 2
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize(
    "words",
    [("start", "--port", "0"), ("start", "--port", "x"), ("start", "--account", "12"), ("bogus",), ()],
)
def test_bad_words_are_refused_in_a_sentence(words: tuple[str, ...]) -> None:
    refused = run_local_aws(*words)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
