"""An embedded AWS of a test's own: on a free port, in a folder of its own, gone afterwards."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

from proofs.rehearsal.local_account import free_port, write_tables

PROJECT_FOLDER = Path(__file__).resolve().parent.parent
SECONDS_FOR_A_COMMAND = 90
SESSION = boto3.session.Session()
"""Reads each service's model once: clients are made by the thousand, and one of a new session takes 50 ms."""
MAKING_CLIENTS = Lock()
"""Sessions are not for several threads at once: https://docs.aws.amazon.com/boto3/latest/guide/session.html"""


def run_local_aws(*words: str, timeout: float = SECONDS_FOR_A_COMMAND) -> subprocess.CompletedProcess[str]:
    """Run ``bin/local-aws`` with these words."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "local_aws", *words],
        cwd=PROJECT_FOLDER,
        env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@dataclass(frozen=True)
class LocalAws:
    """A running embedded AWS, as clients outside of it see it."""

    port: int
    state_folder: Path
    region: str = "ca-central-1"
    account_id: str = "000000000000"
    profile: str = "deployer"

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials_file(self) -> Path:
        return self.state_folder / "credentials"

    @cached_property
    def deployer_key(self) -> tuple[str, str]:
        """The deployer's access key id and secret."""
        values = dict(
            line.replace(" ", "").split("=", 1)
            for line in self.credentials_file.read_text().splitlines()
            if "=" in line
        )
        return values["aws_access_key_id"], values["aws_secret_access_key"]

    def client(self, service: str, key: tuple[str, ...] | None = None) -> Any:
        """Give boto3's client of a service, with the deployer's key or (id, secret, session token)."""
        access_key, secret, *token = key or self.deployer_key
        with MAKING_CLIENTS:
            return SESSION.client(  # type: ignore[call-overload]
                service,
                region_name=self.region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret,
                aws_session_token=token[0] if token else None,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )

    def session(self, role_arn: str, *, key: tuple[str, ...] | None = None, **more: str) -> tuple[str, str, str]:
        """Take a role on, as the deployer or with another key; give the key of the session."""
        sts = self.client("sts", key)
        taken = sts.assume_role(**{"RoleArn": role_arn, "RoleSessionName": "tester", **more})["Credentials"]
        return taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"]

    def make_stack(self, name: str, template: str, **more: Any) -> dict[str, str]:
        """Create a stack and wait for it; give its outputs."""
        client = self.client("cloudformation")
        client.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"], **more)
        waiting = {"Delay": 0.2, "MaxAttempts": 300}
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=waiting)
        outputs = client.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", ())
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def command(self, *words: str, key: tuple[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the AWS CLI with these words, as the deployer or with another key."""
        access_key, secret = key or self.deployer_key
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state_folder),
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_PAGER": "",
        }
        return subprocess.run(
            [str(Path(sys.executable).parent / "aws"), "--output", "json", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_A_COMMAND,
            check=False,
        )

    def command_json(self, *words: str) -> Any:
        """Run the AWS CLI with these words, which must succeed; give what it shows."""
        done = self.command(*words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def environment_file(self, path: Path, parameters: Mapping[str, str] | None = None, **aws: object) -> Path:
        """Write an environment's settings file for the deployer; ``aws`` adds to or replaces keys of its ``[aws]``."""
        values: dict[str, object] = {
            "region": self.region,
            "account_id": self.account_id,
            "endpoint_url": self.endpoint_url,
            "credentials_file": str(self.credentials_file),
            "profile": self.profile,
            "unattended": True,
            **aws,
        }
        return write_tables(path, {"aws": values, "parameters": parameters or {}})

    def run(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``bin/local-aws`` on this very one."""
        return run_local_aws(command, "--state", str(self.state_folder), *words)

    @property
    def pid(self) -> int:
        """The process that serves."""
        pid: int = json.loads((self.state_folder / "process.json").read_text())["pid"]
        return pid

    def kill(self) -> None:
        """Kill it as kill -9 does."""
        os.kill(self.pid, signal.SIGKILL)

    def start_again(self) -> subprocess.CompletedProcess[str]:
        """Start it again at its port, which must succeed."""
        started = self.run("start", "--port", str(self.port))
        assert started.returncode == 0, started.stderr
        return started


@contextmanager
def local_aws_in(folder: Path, *words: str) -> Iterator[LocalAws]:
    """Start one in ``folder`` with more words for ``start``; it is stopped at the end."""
    made = LocalAws(free_port(), folder)
    started = made.run("start", "--port", str(made.port), *words)
    assert started.returncode == 0, started.stderr
    try:
        yield made
    finally:
        made.run("stop")


def without_aws_settings(environment: Mapping[str, str]) -> Sequence[str]:
    """Name what a user may have set for AWS, and what tests must not see."""
    return [name for name in environment if name.startswith("AWS_")]
