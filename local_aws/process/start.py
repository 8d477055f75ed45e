"""Starts the local AWS: once, in the background, and waits until it answers."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_aws.platform.minute import minute
from local_aws.process import rehearsal_database
from local_aws.process.configured_port import configured_port
from local_aws.process.discovery import absence, holder_of, running_in, state_at, unanswering
from local_aws.process.folder_lock import held
from local_aws.process.server_record import (
    DEFAULT_ACCOUNT,
    DEFAULT_PORT,
    DEFAULT_REGION,
    PROJECT_FOLDER,
    ServerRecord,
    StateFolder,
)
from local_aws.process.stop import stop
from local_aws.services.ecs import service_wait
from local_aws.state.database import facts_in
from local_aws.state.examination import examine
from local_aws.state.files import open_private
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from reporting.terminal import WaitNotice

_SECONDS_TO_ANSWER = 45
_SECONDS_BETWEEN_LOOKS = 0.02
_SECONDS_TO_LET_GO = 5
_SECONDS_TO_END = 20
_SECONDS_FOR_THE_ENGINE = 2.0
_LOG_LINES = 12
_LONGEST_LOG = 10_000_000
"""Bytes from which on a start begins a new log; the one before is kept, and no older one."""


@dataclass(frozen=True)
class StartOptions:
    """What was asked for; None where the state, or else the default, decides."""

    port: int | None
    account_id: str | None
    region: str | None


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Start it, or say that it runs already."""
    wanted = StartOptions(arguments.port, arguments.account, arguments.region)
    # A value that they do not allow is reported here, not by the process that serves.
    service_wait.patience()
    minute()
    configured = configured_port(folder)
    running = running_in(folder)
    if running is not None and wanted.port is None and configured not in (None, running.port):
        stop(folder)
        running = None
    rehearsal_database.resume(folder)
    if running is not None:
        _warn(_without_engine())
        return _already(folder, running, wanted)
    os.umask(0o077)
    folder.create()
    with held(folder):
        running = running_in(folder)
        if running is not None:
            return _already(folder, running, wanted)
        for sentence in examine(folder):
            print(sentence, flush=True)
        account_id, region = _settled(folder, wanted)
        port = wanted.port or configured or DEFAULT_PORT
        holder = _holder_of(port, folder)
        if holder is not None:
            if unanswering(folder) is not None:
                raise CannotRunError(absence(folder))
            raise CannotRunError(
                f"Port {port} is held by {holder}: stop that, or choose another port in endpoint_url of "
                "config/environments/local.toml, where `make deploy` looks for it, or else with --port."
            )
        words = ["--state", str(folder.path), "--port", str(port), "--account", account_id, "--region", region]
        if not arguments.foreground:
            return _in_background(folder, words)
    return _in_foreground(folder, port, account_id, region)


def _holder_of(port: int, folder: StateFolder) -> str | None:
    """Describe who holds the port, but for a process of this folder: that is about to let go of it, and waited for."""
    deadline = time.monotonic() + _patience(port, folder)
    while (holder := holder_of(port)) is not None and time.monotonic() < deadline:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return holder


def _patience(port: int, folder: StateFolder) -> float:
    """Return the seconds that a process of this folder needs: one that was killed, or one whose folder was removed."""
    kept = folder.read()
    if kept is not None and kept.port == port:
        return _SECONDS_TO_LET_GO
    return _SECONDS_TO_END if state_at(port) == folder.path else 0


def _settled(folder: StateFolder, wanted: StartOptions) -> tuple[str, str]:
    """Give account and region: the state's own, which can't be another one than what was asked for."""
    kept = facts_in(folder.path)
    return (
        _agreed(folder, "account", kept.get("account_id"), wanted.account_id, DEFAULT_ACCOUNT),
        _agreed(folder, "region", kept.get("region"), wanted.region, DEFAULT_REGION),
    )


def _agreed(folder: StateFolder, what: str, kept: str | None, wanted: str | None, default: str) -> str:
    if kept is not None and wanted is not None and kept != wanted:
        raise CannotRunError(
            f"{folder.path} holds a local AWS of {what} {kept}, not {wanted}: name another folder with --state, or "
            "forget this one with bin/local-aws reset."
        )
    return kept or wanted or default


def _already(folder: StateFolder, running: ServerRecord, wanted: StartOptions) -> ExitCode:
    asked = {"port": wanted.port, "account": wanted.account_id, "region": wanted.region}
    has = {"port": running.port, "account": running.account_id, "region": running.region}
    for what, value in asked.items():
        if value is not None and value != has[what]:
            raise CannotRunError(
                f"The local AWS of {folder.path} runs already with {what} {has[what]}, not {value}: stop it first with "
                f"bin/local-aws stop --state {folder.path}."
            )
    print(f"The local AWS runs already at {running.endpoint_url} (process {running.pid}).")
    return ExitCode.CLEAN


def _in_background(folder: StateFolder, words: list[str]) -> ExitCode:
    began = time.monotonic()
    _begin_a_new_log_after_a_long_one(folder)
    with os.fdopen(open_private(folder.log, os.O_WRONLY | os.O_APPEND), "ab") as log:
        started_at = log.tell()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "local_aws.process.server_process", *words],
            cwd=PROJECT_FOLDER,
            env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    warnings = [*_without_engine(), *_without_confinement()]  # looked for while the process loads its modules
    notice = WaitNotice()
    while (passed := time.monotonic() - began) < _SECONDS_TO_ANSWER:
        notice.show(passed, f"waiting for process {process.pid} to serve {folder.path}")
        running = running_in(folder)
        if running is not None and running.pid == process.pid:
            took = time.monotonic() - began
            notice.clear()
            began_in = f"started in {took:.1f} s; a minute of a bake or of an alarm lasts {minute():g} s here"
            print(f"The local AWS runs at {running.endpoint_url} ({began_in}).", flush=True)
            _warn(warnings)
            return ExitCode.CLEAN
        if process.poll() is not None:
            raise CannotRunError(
                "The local AWS ended while it started; its log ends with:", *_end_of(folder, started_at)
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    process.terminate()
    raise CannotRunError(
        f"The local AWS did not answer within {_SECONDS_TO_ANSWER} s, and was ended; its log ends with:",
        *_end_of(folder, started_at),
    )


def _without_engine() -> Iterator[str]:
    """Say in one line what will not run while no Docker engine answers."""
    from local_aws.services.codebuild.docker_proxy.client import Engine  # noqa: PLC0415 - loaded beside the process

    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    try:
        Engine(address).connect(_SECONDS_FOR_THE_ENGINE).close()
    except OSError:
        yield (
            f"No Docker engine answers at {address}: services will not run, and builds that use containers fail. Start "
            "Docker for them."
        )


def _without_confinement() -> Iterator[str]:
    """Say before the first build that builds can't be confined, unless somebody has chosen so."""
    from local_aws.services.codebuild.machine import sandbox  # noqa: PLC0415 - as above

    if not any(os.environ.get(name) for name in (sandbox.IN_CONTAINER, sandbox.SANDBOX)) and sandbox.why_unusable():
        yield sandbox.warning()


def _warn(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr, flush=True)


def _begin_a_new_log_after_a_long_one(folder: StateFolder) -> None:
    if folder.log.exists() and folder.log.stat().st_size > _LONGEST_LOG:
        folder.log.chmod(0o600)
        folder.log.replace(folder.earlier_log)


def _end_of(folder: StateFolder, start_of_this_run: int) -> list[str]:
    text = folder.log.read_bytes()[start_of_this_run:].decode("utf-8", "replace")
    return [f"  {line}" for line in text.splitlines()[-_LOG_LINES:]] + [f"The whole log: {folder.log}"]


def _in_foreground(folder: StateFolder, port: int, account_id: str, region: str) -> ExitCode:
    from local_aws.process.serve import serve  # noqa: PLC0415 - what serves is loaded by whoever serves

    print(f"The local AWS starts at http://127.0.0.1:{port}; Ctrl-C stops it.", flush=True)
    _warn(_without_confinement())
    serve(folder, port, account_id, region)
    return ExitCode.CLEAN
