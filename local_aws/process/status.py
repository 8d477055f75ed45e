"""Says whether the local AWS runs, and what it holds."""

import argparse
import json
import time
from collections.abc import Mapping
from typing import Any

from local_aws.process.control_client import HOLDINGS_PATH, ask
from local_aws.process.discovery import absence, running_in
from local_aws.process.server_record import ServerRecord, StateFolder
from reporting.exit_codes import ExitCode

SECONDS_TO_TELL = 30


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Print the state of things; exit code 1 where it does not run."""
    running = running_in(folder)
    if running is None:
        why = absence(folder)
        print(json.dumps({"running": False, "state": str(folder.path), "why": why}) if arguments.json else why)
        return ExitCode.FINDINGS
    answer = ask(running.port, HOLDINGS_PATH, token=running.token, seconds=SECONDS_TO_TELL)
    members = answer.members if answer is not None else {}
    holdings = {kind: [str(name) for name in names] for kind, names in members.items() if isinstance(names, list)}
    if arguments.json:
        print(json.dumps(_members(folder, running, holdings), indent=2))
    else:
        print(_told(folder, running, holdings))
    return ExitCode.CLEAN


def _members(folder: StateFolder, running: ServerRecord, holdings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "running": True,
        "endpoint_url": running.endpoint_url,
        "pid": running.pid,
        "started": running.started,
        "account_id": running.account_id,
        "region": running.region,
        "state": str(folder.path),
        "credentials_file": str(folder.credentials),
        "log": str(folder.log),
        "holds": holdings,
    }


def _told(folder: StateFolder, running: ServerRecord, holdings: Mapping[str, Any]) -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(running.started))
    lines = [
        f"The local AWS runs at {running.endpoint_url} (process {running.pid}) since {since}.",
        f"  account {running.account_id}, region {running.region}",
        f"  credentials: profile deployer in {folder.credentials}",
        f"  log: {folder.log}",
    ]
    return "\n".join([*lines, *(f"  {kind}: {', '.join(names) or 'none'}" for kind, names in holdings.items())])
