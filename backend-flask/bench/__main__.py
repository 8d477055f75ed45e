"""Requests a second, p50 and p99 of the service, beside those of the same work done by hand, in one run.

Both run under the service's own server, on one PostgreSQL with a million activities, which is made once and
kept. They take turns, so that a machine that is busy for a while is busy for both. Ratios are what to read:
they carry over to other machines better than requests a second do.
"""

import argparse
import os
import platform
import statistics
import sys
from contextlib import ExitStack
from dataclasses import astuple
from typing import Final

import psycopg

from bench.load import Load, MeasurementError, Request, measure
from tests.conftest import service_environment
from tests.support.kept_postgres import ACTIVITIES, kept_postgres
from tests.support.server import running_service
from tests.support.user_pool import POOL_ID, serving_user_pool

CANNOT_RUN: Final = 2
AUTHOR: Final = "benchmark"
# Posts of one person wait for one another.
PEOPLE: Final = 64
SERVICE, BY_HAND = "the service", "by hand"
# As many as a process of the service runs at a time: more may wait, and yet more are refused.
SEARCHES: Final = 3
ROUTES: Final = ("health", "home", "search", "create")


def main() -> int:
    """Measures and prints; exit code 0, or 2 when something could not be measured."""
    options = _options()
    try:
        with ExitStack() as stack:
            _run(stack, options)
    except MeasurementError as error:
        print(f"bench-backend: {error}", file=sys.stderr)
        return CANNOT_RUN
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench-backend", description="Measures the backend beside the same work done by hand."
    )
    parser.add_argument("--seconds", type=int, default=1, help="of each measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=16, help="measurements of each (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=32, help="at once (default: %(default)s)")
    parser.add_argument("routes", nargs="*", metavar="route", help=f"{', '.join(ROUTES)} (default: all)")
    options = parser.parse_args()
    unknown = set(options.routes).difference(ROUTES)
    if unknown:
        parser.error(f"found {', '.join(sorted(unknown))}; allowed are {', '.join(ROUTES)}")
    if min(options.seconds, options.rounds, options.connections) < 1:
        parser.error("--seconds, --rounds and --connections must be 1 or more")
    return options


def _run(stack: ExitStack, options: argparse.Namespace) -> None:
    print(f"starting a PostgreSQL with {ACTIVITIES:,} activities", file=sys.stderr)
    url = stack.enter_context(kept_postgres()).url
    _remove_posts(url)
    stack.callback(_remove_posts, url)
    pool = stack.enter_context(serving_user_pool())
    environment = service_environment(url, pool) | {
        "KEYS_URL": f"{pool.endpoint}/{POOL_ID}/.well-known/jwks.json",
        "LOG_LEVEL": "INFO",
    }
    by_hand = stack.enter_context(running_service(environment, application="bench.by_hand:app"))
    service = stack.enter_context(running_service(environment))
    origins = {
        name: f"http://127.0.0.1:{each.port}" for name, each in ((BY_HAND, by_hand), (SERVICE, service))
    }
    people = [pool.sign_in(sub=f"{AUTHOR} {n}", username=f"{AUTHOR}-{n}") for n in range(PEOPLE)]
    _print_head()
    for name, request in _requests(options.connections, [each["Authorization"] for each in people]).items():
        if name in (options.routes or [name]):
            _print(name, _measure(name, request, origins, options))


def _requests(connections: int, authorizations: list[str]) -> dict[str, Request]:
    return {
        "health": Request("/api/health-check", connections),
        "home": Request("/api/activities/home", connections),
        "search": Request("/api/activities/search?term=message", SEARCHES),
        # Last: what it writes is the newest, and so is what the others would show.
        "create": Request("/api/activities", connections, '{"message": "one more"}', authorizations),
    }


def _measure(
    name: str, request: Request, origins: dict[str, str], options: argparse.Namespace
) -> dict[str, list[Load]]:
    # Connections are opened, statements prepared; and people made, which by hand nobody does.
    for origin in reversed(origins.values()):
        measure(origin, request, 1)
    loads: dict[str, list[Load]] = {who: [] for who in origins}
    for number in range(options.rounds):
        print(f"{name}, round {number + 1} of {options.rounds}", file=sys.stderr)
        # Whoever comes second finds the machine warmer: each does as often as the other.
        for who in sorted(origins, reverse=bool(number % 2)):
            loads[who].append(measure(origins[who], request, options.seconds))
    return loads


def _print_head() -> None:
    print(f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}")
    print(f"{'':8}{'':13}{'requests/s':>12}{'of by hand':>12}{'p50 ms':>9}{'p99 ms':>9}{'of by hand':>12}")


def _print(name: str, loads: dict[str, list[Load]]) -> None:
    for who, each in loads.items():
        rate, p50, p99 = (statistics.median(values) for values in zip(*map(astuple, each), strict=True))
        # Of neighbours: the machine may be busier in the next round.
        pairs = list(zip(each, loads[BY_HAND], strict=True))
        of_rate = statistics.median(
            load.requests_per_second / hand.requests_per_second for load, hand in pairs
        )
        of_p99 = statistics.median(load.p99_milliseconds / hand.p99_milliseconds for load, hand in pairs)
        print(f"{name:8}{who:13}{rate:12.0f}{of_rate:12.2f}{p50:9.1f}{p99:9.1f}{of_p99:12.2f}", flush=True)


def _remove_posts(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM users WHERE cognito_user_id LIKE %s", [f"{AUTHOR} %"])
        connection.execute("VACUUM ANALYZE activities")


if __name__ == "__main__":
    sys.exit(main())
