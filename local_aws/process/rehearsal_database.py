"""Runs a PostgreSQL beside the local AWS, and gives a secret its address: what a person has on AWS as RDS, say.

It is a container with a volume; both last until ``reset``, and it runs while the local AWS does.
"""

import argparse
import hashlib
import json
import os
import secrets
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local_aws.process import placeholder_secret
from local_aws.process.server_record import StateFolder
from local_aws.state.files import write_atomically
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

IMAGE = "public.ecr.aws/docker/library/postgres:17-alpine"
"""The one that the service is tested on."""
USER = "postgres"
"""Its only user, and the database that it comes with."""
_SECONDS_TO_ANSWER, _SECONDS_TO_FETCH, _SECONDS = 60, 600, 60
_PLACEHOLDER = "postgresql://rehearsal:rehearsal@127.0.0.1:5432/"
"""Nothing answers there: a container's own loopback interface."""
_DESKTOP = "host.docker.internal"


@dataclass(frozen=True)
class Server:
    """How it is reached: by containers, and on Linux by this machine too."""

    host: str
    port: int
    password: str

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{USER}:{self.password}@{self.host}:{self.port}/{database}"


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Have the server and a database for the secret, unless the secret leads to another one; tell what is new."""
    database = arguments.name.strip("/").rpartition("/")[0].replace("/", "_").replace("-", "_") or "rehearsal"
    there = kept(folder)
    present = placeholder_secret.value_of(folder, arguments.name)
    if present and not _leads_nowhere(present) and not (there and present == there.url(database)):
        return ExitCode.CLEAN
    if not _succeeds("docker", "version"):
        if not present:
            placeholder_secret.put(folder, arguments.name, f"{_PLACEHOLDER}{database}")
        return ExitCode.CLEAN
    server = there if there and _succeeds("docker", "start", _name(folder)) else _make(folder)
    _wait(folder)
    if _psql(folder, f"SELECT FROM pg_database WHERE datname = '{database}'").count("(0 rows)"):
        _psql(folder, f'CREATE DATABASE "{database}"')
    if present != server.url(database):
        placeholder_secret.put(folder, arguments.name, server.url(database), replace=True)
        print(
            f"It is database {database} of a PostgreSQL at {server.host}:{server.port}, in container {_name(folder)}."
        )
    return ExitCode.CLEAN


def resume(folder: StateFolder) -> None:
    """Have it run, where there is one, with the local AWS."""
    if kept(folder):
        _succeeds("docker", "start", _name(folder))


def pause(folder: StateFolder) -> None:
    """Stop it with the local AWS; what it holds is kept."""
    if kept(folder):
        _succeeds("docker", "stop", _name(folder))


def remove(folder: StateFolder) -> None:
    """Remove it with all that it holds."""
    if kept(folder):
        _succeeds("docker", "rm", "--force", _name(folder))
        _succeeds("docker", "volume", "rm", _name(folder))


def _make(folder: StateFolder) -> Server:
    from local_aws.gateway.listening import bridge_address  # noqa: PLC0415 - a server's modules, which no start need load

    if not _succeeds("docker", "image", "inspect", IMAGE):
        print(f"Fetching {IMAGE} for the database ...", flush=True)
        _docker("pull", "--quiet", IMAGE, seconds=_SECONDS_TO_FETCH)
    # A volume of before has another password in it than the one that is made here.
    _succeeds("docker", "rm", "--force", _name(folder))
    _succeeds("docker", "volume", "rm", _name(folder))
    bridge = bridge_address()
    server = Server(bridge or _DESKTOP, _free_port(bridge or "127.0.0.1"), secrets.token_hex(16))
    write_atomically(_file(folder), json.dumps(asdict(server)).encode())
    _docker(
        *("run", "--detach", "--name", _name(folder), "--volume", f"{_name(folder)}:/var/lib/postgresql/data"),
        *("--publish", f"{bridge or '127.0.0.1'}:{server.port}:5432", "--env", "POSTGRES_PASSWORD", IMAGE),
        # By its name, so that no list of processes shows it.
        variables={"POSTGRES_PASSWORD": server.password},
    )
    return server


def _wait(folder: StateFolder) -> None:
    """Wait for it over TCP: while the image prepares its files, the server listens on a socket of its own alone."""
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    while not _succeeds("docker", "exec", _name(folder), "pg_isready", "--quiet", "--host", "127.0.0.1"):
        if time.monotonic() > deadline:
            log = _docker("logs", "--tail", "10", _name(folder)).splitlines()
            raise CannotRunError(f"The database in container {_name(folder)} does not answer; its log ends with:", *log)
        time.sleep(0.2)


def _psql(folder: StateFolder, statement: str) -> str:
    return _docker("exec", _name(folder), "psql", "--username", USER, "--command", statement)


def _docker(*words: str, seconds: float = _SECONDS, variables: dict[str, str] | None = None) -> str:
    done = _ran("docker", *words, seconds=seconds, variables=variables)
    if done.returncode:
        raise CannotRunError(f"The database to rehearse with can't be had: docker {words[0]} failed:", done.stdout)
    return done.stdout


def _succeeds(*words: str) -> bool:
    try:
        return _ran(*words).returncode == 0
    except CannotRunError:
        return False


def _ran(
    *words: str, seconds: float = _SECONDS, variables: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **(variables or {})}
    try:
        return subprocess.run(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRunError(f"The database to rehearse with can't be had: {error}.") from None


def kept(folder: StateFolder) -> Server | None:
    """Return how the server is reached; None where there is none."""
    try:
        return Server(**json.loads(_file(folder).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _file(folder: StateFolder) -> Path:
    return folder.path / "rehearsal-database.json"


def _name(folder: StateFolder) -> str:
    """Name container and volume: several local AWSs of one machine have one each."""
    return f"local-aws-database-{hashlib.sha256(str(folder.path).encode()).hexdigest()[:8]}"


def _leads_nowhere(url: str) -> bool:
    try:
        return urlsplit(url).hostname in {"127.0.0.1", "localhost"}
    except ValueError:
        return False


def _free_port(address: str) -> int:
    with socket.create_server((address, 0)) as trying:
        port: int = trying.getsockname()[1]
        return port
