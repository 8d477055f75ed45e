"""Where a proof takes place: a local AWS of its own, below a temporary folder, driven by the project's own commands."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from proofs.policies.build import ACCOUNT, REGION
from reporting.deadline import OutOfTimeError, within
from reporting.errors import CannotRunError
from settings import environment
from settings.root import ENVIRONMENTS, PROJECT_ROOT

MINUTES_OF_A_COMMAND = 10
SECONDS_OF_AN_ANSWER = 60
_TOKEN_HEADER = "x-local-aws-token"  # noqa: S105 - the name of a header, no secret


@dataclass(frozen=True)
class CommandResult:
    """What a command of the project said: its exit code, and both of its outputs, one after the other."""

    code: int
    text: str


@dataclass(frozen=True)
class LocalAccount:
    """``folder`` holds all of it: the local AWS's state, the repository, the templates that are deployed."""

    folder: Path
    port: int

    @property
    def state(self) -> Path:
        """The local AWS's folder."""
        return self.folder / "state"

    @property
    def repository(self) -> Path:
        """The repository that the connection leads to."""
        return self.folder / "repository"

    @property
    def endpoint_url(self) -> str:
        """Where the local AWS answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def registry(self) -> str:
        """Where its images are pushed to."""
        return f"localhost:{self.port}"

    @cached_property
    def environment_file(self) -> Path:
        """The environment file of this place: the project's `local.toml`, with another address and folder."""
        local = environment.load(ENVIRONMENTS / "local.toml")
        state = ["--state", str(self.state)]
        after = [self._here([*words], state) for words in local.after_deploy_commands]
        aws = {
            "region": REGION,
            "account_id": ACCOUNT,
            "endpoint_url": self.endpoint_url,
            "credentials_file": str(self.state / "credentials"),
            "profile": local.profile or "deployer",
            "unattended": True,
            "start_command": ["bin/local-aws", "start", *state, "--port", str(self.port)],
            "after_deploy_commands": after,
        }
        of_stacks = {f"parameters.{stack}": values for stack, values in local.stack_parameters.items()}
        return write_tables(self.folder / "here.toml", {"aws": aws, "parameters": local.parameters, **of_stacks})

    def _here(self, words: list[str], state: Sequence[str]) -> list[str]:
        """Have a command of the local AWS be about this one."""
        if words[0] != "bin/local-aws":
            return words
        repository = ["--repository", str(self.repository)] if words[1] == "handshake" else []
        return [*words[:2], *state, *repository, *words[2:]]

    def command(self, name: str, *words: str, build: Path) -> CommandResult:
        """Run one of the project's commands on this place."""
        return run("delivery", name, "--environment", str(self.environment_file), "--build", str(build), *words)

    def calls(self, since: float = 0.0) -> Sequence[Mapping[str, Any]]:
        """Return what the ledger holds from ``since`` (seconds of the epoch) on."""
        return self._ask("ledger", {"since": since}, "calls")

    def decisions(self, requests: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Ask the local AWS's IAM about requests, which nobody makes."""
        return self._ask("evaluate", {"requests": list(requests)}, "decisions")

    def _ask(self, what: str, body: object, member: str) -> Sequence[Mapping[str, Any]]:
        """Return that member of the local AWS's answer; ``CannotRunError`` where there is none in time."""
        where = f"{self.endpoint_url}/_local-aws/{what}"
        try:
            found = within(
                SECONDS_OF_AN_ANSWER, lambda: self._answer(what, body)[member], lambda: f"waiting for {where}"
            )
        except OutOfTimeError:
            reason = f"none came within {SECONDS_OF_AN_ANSWER} s"
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
            reason = f"{type(error).__name__}: {error}"
        else:
            return list(found)
        raise CannotRunError(f"{where} gave no answer that can be used ({reason}); run it again.")

    def _answer(self, what: str, body: object) -> Any:  # noqa: ANN401 - any JSON value
        token = json.loads((self.state / "process.json").read_bytes())["token"]
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_OF_AN_ANSWER)) as connection:
            connection.request("POST", f"/_local-aws/{what}", json.dumps(body).encode(), {_TOKEN_HEADER: token})
            with connection.getresponse() as answer:
                return json.loads(answer.read())


def write_tables(path: Path, tables: Mapping[str, Mapping[str, object]]) -> Path:
    """Write tables of settings as TOML, such as an environment's; give the file's path."""
    lines = (
        line
        for table, values in tables.items()
        for line in (f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items()))
    )
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run(module: str, *words: str) -> CommandResult:
    """Run a module of the project as its script in `bin/` does, without the user's own settings for AWS."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    # Builds that see what the registry has: BuildKit keeps layers of its own, and asks for none of them again.
    classic = {"DOCKER_BUILDKIT": "0", "LOCAL_AWS_BUILD_VARIABLES": "DOCKER_BUILDKIT"}
    # What bakes is watched, but no longer than an alarm needs to ring.
    quick = {"LOCAL_AWS_MINUTE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module, *words],
            cwd=PROJECT_ROOT,
            env={
                **own,
                **nothing,
                **classic,
                **quick,
                "AWS_EC2_METADATA_DISABLED": "true",
                "PYTHONPATH": str(PROJECT_ROOT),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60 * MINUTES_OF_A_COMMAND,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotRunError(f"bin/{words[0]} did not end within {MINUTES_OF_A_COMMAND} minutes.") from None
    return CommandResult(done.returncode, done.stdout)


@contextmanager
def opened(folder: Path) -> Iterator[LocalAccount]:
    """Start a local AWS below ``folder``; it is stopped at the end, and nothing stays of it."""
    place = LocalAccount(folder, free_port())
    started = run("local_aws", "start", "--state", str(place.state), "--port", str(place.port))
    if started.code:
        raise CannotRunError("The local AWS of the proof did not start:", *started.text.splitlines())
    try:
        yield place
    finally:
        run("local_aws", "reset", "--yes", "--state", str(place.state))


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
