"""One measurement: wrk (https://github.com/wg/wrk) against an address."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_POST: Final = Path(__file__).with_name("post.lua")
_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_RATE: Final = re.compile(r"Requests/sec:\s+([\d.]+)")
_PERCENTILE: Final = r"\s{}%\s+([\d.]+)(us|ms|s)\b"
_FAILED: Final = re.compile(r"^\s*(Non-2xx or 3xx responses|Socket errors):.*$", re.MULTILINE)


class MeasurementError(Exception):
    """wrk could not be run, or some of its requests failed."""


@dataclass(frozen=True)
class Request:
    """What is asked for, on how many connections at once; with a body it is a POST.

    `authorizations` are the header's values, which take turns.
    """

    path: str
    connections: int
    body: str = ""
    authorizations: Sequence[str] = ()


@dataclass(frozen=True)
class Load:
    """What a server bore: requests a second, and the time within which half, and 99 of 100, were answered."""

    requests_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float


def measure(origin: str, request: Request, seconds: int) -> Load:
    """Asks at `origin`, scheme://host:port, for so long; raises MeasurementError."""
    command = ["wrk", "--latency", "--threads", "1", "--connections", str(request.connections)]
    command += ["--duration", f"{seconds}s"]
    if request.body:
        command += ["--script", str(_POST)]
    command += [origin + request.path, "--", request.body, *request.authorizations]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    except FileNotFoundError:
        message = "wrk is not installed; on Debian: apt-get install wrk"
        raise MeasurementError(message) from None
    rate, failed = _RATE.search(done.stdout), _FAILED.search(done.stdout)
    if failed or not rate:
        message = f"wrk {request.path}: {failed.group().strip() if failed else done.stdout + done.stderr}"
        raise MeasurementError(message)
    return Load(float(rate[1]), _percentile(50, done.stdout), _percentile(99, done.stdout))


def _percentile(percent: int, said: str) -> float:
    found = re.search(_PERCENTILE.format(percent), said)
    if not found:
        message = f"wrk named no {percent}% percentile: {said}"
        raise MeasurementError(message)
    return float(found[1]) * _UNITS[found[2]]
