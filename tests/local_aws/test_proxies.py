"""The commands of the local AWS work beside a proxy that answers nobody, and an administrator is written on request."""

import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import boto3

from proofs.rehearsal.local_account import free_port
from settings.root import PROJECT_ROOT
from tests.bad_endpoints import refusing
from tests.local_aws_fixture import LocalAws

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def run_behind_a_dead_proxy(*words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "local_aws", *words],
        cwd=PROJECT_ROOT,
        env={**kept, "PYTHONPATH": str(PROJECT_ROOT), **dict.fromkeys(NAMES, refusing())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_command_works_behind_a_dead_proxy(tmp_path: Path) -> None:
    here, secret = ("--state", str(tmp_path / "state")), "/app/web/SECRET"
    try:
        for words in (
            ("start", *here, "--port", str(free_port())),
            ("status", *here),
            ("administrator", *here),
            ("stand-in", *here, secret, "value"),
            ("stop", *here),
            ("start", *here, "--port", str(free_port())),
        ):
            done = run_behind_a_dead_proxy(*words)
            assert done.returncode == 0, (words, done.stderr)
        unknown = run_behind_a_dead_proxy("handshake", *here)
        assert (unknown.returncode, unknown.stderr.startswith("There is no connection")) == (2, True), unknown.stderr
    finally:
        ended = run_behind_a_dead_proxy("reset", *here, "--yes")
    assert ended.returncode == 0, ended.stderr


def test_an_administrator_is_written_beside_the_deployer(local_aws: LocalAws) -> None:
    file = local_aws.state_folder / "credentials"
    before = file.read_text()

    done = local_aws.run("administrator", "--write")

    assert done.returncode == 0, done.stderr
    assert "aws_secret_access_key" not in done.stdout
    profiles = ConfigParser()
    profiles.read(file)
    key = profiles["administrator"]
    assert key["aws_secret_access_key"] not in done.stdout
    assert before.strip() in file.read_text()
    client = boto3.client(
        "iam",
        endpoint_url=local_aws.endpoint_url,
        region_name=key["region"],
        aws_access_key_id=key["aws_access_key_id"],
        aws_secret_access_key=key["aws_secret_access_key"],
    )
    assert client.create_user(UserName="made-by-the-administrator")["User"]["UserName"]
    client.delete_user(UserName="made-by-the-administrator")
