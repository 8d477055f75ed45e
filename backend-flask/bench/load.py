"""One measurement: wrk (https://github.com/wg/wrk) against an address."""

import re
import subprocess
from dataclasses import dataclass
from typing import Final

_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_RATE: Final = re.compile(r"Requests/sec:\s+([\d.]+)")
_P99: Final = re.compile(r"\s99%\s+([\d.]+)(us|ms|s)\b")
_FAILED: Final = re.compile(r"^\s*(Non-2xx or 3xx responses|Socket errors):.*$", re.MULTILINE)


class MeasurementError(Exception):
    """wrk could not be run, or some of its requests failed."""


@dataclass(frozen=True)
class Load:
    """What a server bore: requests a second, and the milliseconds within which 99 of 100 were answered."""

    requests_per_second: float
    p99_milliseconds: float


def measure(url: str, seconds: int, connections: int) -> Load:
    """Asks for `url` on so many connections at once for so long; raises MeasurementError."""
    command = ["wrk", "--latency", "--threads", "1", "--connections", str(connections)]
    command += ["--duration", f"{seconds}s", url]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    except FileNotFoundError:
        message = "wrk is not installed; on Debian: apt-get install wrk"
        raise MeasurementError(message) from None
    rate, p99, failed = _RATE.search(done.stdout), _P99.search(done.stdout), _FAILED.search(done.stdout)
    if failed or not rate or not p99:
        message = f"wrk {url}: {failed.group().strip() if failed else done.stdout + done.stderr}"
        raise MeasurementError(message)
    return Load(float(rate[1]), float(p99[1]) * _UNITS[p99[2]])
