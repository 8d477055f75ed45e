"""Requests a second and p99 of the service beside those of a bare Flask, in one run on one machine.

Both run under the service's own gunicorn settings; the service has a PostgreSQL with 100,000 activities.
What is compared takes turns, so that a machine that is busy for a while is busy for all of them. Ratios are
what to read: they carry over to other machines better than requests a second do.
"""

import argparse
import statistics
import subprocess
import sys
from contextlib import ExitStack
from typing import Final

from bench.load import Load, MeasurementError, measure
from tests.support.large_table import fill
from tests.support.postgres import running_server
from tests.support.server import running_service

ACTIVITIES: Final = 100_000
CANNOT_RUN: Final = 2
PATHS: Final = {
    "health": "/api/health-check",
    "home": "/api/activities/home",
    "notifications": "/api/activities/notifications",
}
BARE: Final = "bare Flask"


def main() -> int:
    """Measures and prints; exit code 0, or 2 when something could not be measured."""
    options = _options()
    try:
        with ExitStack() as stack:
            urls = _start(stack)
            loads = _measure(urls, options)
    except MeasurementError as error:
        print(f"bench-backend: {error}", file=sys.stderr)
        return CANNOT_RUN
    _print(loads)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench-backend", description="Measures the backend beside a bare Flask."
    )
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=32, help="at once (default: %(default)s)")
    options = parser.parse_args()
    if min(options.seconds, options.rounds, options.connections) < 1:
        parser.error("--seconds, --rounds and --connections must be 1 or more")
    return options


def _start(stack: ExitStack) -> dict[str, str]:
    """Starts everything; gives the address to measure by the name to print."""
    print(f"filling a PostgreSQL with {ACTIVITIES:,} activities", file=sys.stderr)
    url = stack.enter_context(running_server())
    environment = {
        "CONNECTION_URL": url,
        "AWS_COGNITO_USER_POOL_ID": "ca-central-1_Benchmark",
        "AWS_COGNITO_USER_POOL_CLIENT_ID": "benchmark",
        "FRONTEND_URL": "https://cruddur.example",
        "BACKEND_URL": "https://api.cruddur.example",
        "LOG_LEVEL": "INFO",
    }
    for command in ("create", "schema-load", "seed"):
        arguments = [sys.executable, "-m", "cruddur.database_commands", command]
        subprocess.run(arguments, env=environment, stdout=sys.stderr, check=True)  # noqa: S603 - our own words
    fill(url, ACTIVITIES)
    bare = stack.enter_context(running_service(environment, application="bench.bare:app", ready_path="/"))
    service = stack.enter_context(running_service(environment))
    origin = f"http://127.0.0.1:{service.port}"
    return {BARE: f"http://127.0.0.1:{bare.port}/"} | {name: origin + path for name, path in PATHS.items()}


def _measure(urls: dict[str, str], options: argparse.Namespace) -> dict[str, Load]:
    rounds: dict[str, list[Load]] = {name: [] for name in urls}
    for number in range(options.rounds):
        for name, url in urls.items():
            print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr)
            rounds[name].append(measure(url, options.seconds, options.connections))
    return {
        name: Load(
            statistics.median(load.requests_per_second for load in loads),
            statistics.median(load.p99_milliseconds for load in loads),
        )
        for name, loads in rounds.items()
    }


def _print(loads: dict[str, Load]) -> None:
    bare = loads[BARE].requests_per_second
    print(f"{'':14}{'requests/s':>12}{'p99 ms':>10}{'of bare':>10}")
    for name, load in loads.items():
        rate = load.requests_per_second
        print(f"{name:14}{rate:12.0f}{load.p99_milliseconds:10.1f}{rate / bare:10.2f}")


if __name__ == "__main__":
    sys.exit(main())
