"""Whether a task is well: by its containers' health checks, and by the load balancer's.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

_REQUEST_HEADERS = {"User-Agent": "ELB-HealthChecker/2.0"}


@dataclass(frozen=True)
class TargetCheck:
    """How a load balancer asks a target; times in seconds, ``codes`` as in ``200`` or ``200-299,301``.

    ``address`` is that of the target, which it is asked by; ``way`` is the host and port at which it is reached.
    """

    address: str
    way: tuple[str, int]
    interval: float
    timeout: float
    unhealthy_after: int
    codes: str


@dataclass
class TargetHealth:
    """What a load balancer thinks of one target: one success makes it healthy, several failures in a row unhealthy.

    A target that is not in service yet is asked every second, so that it takes part as soon as it answers; but failures
    count once an interval, as they come on AWS.
    """

    check: TargetCheck
    healthy: bool = False
    failures: int = 0
    due: float = 0.0
    counted: float = float("-inf")
    answered: str = ""

    def look(self) -> None:
        """Ask the target, if it is time to."""
        now = time.monotonic()
        if now < self.due:
            return
        self.answered = ask_target(self.check)
        ok = is_success(self.answered, self.check.codes)
        if ok:
            self.failures, self.counted = 0, float("-inf")
        elif now - self.counted >= self.check.interval:
            self.failures, self.counted = self.failures + 1, now
        self.healthy = ok or (self.healthy and not self.gave_up)
        self.due = now + (self.check.interval if self.healthy else min(1.0, self.check.interval))

    @property
    def gave_up(self) -> bool:
        """Return whether the target failed as often as makes it unhealthy."""
        return self.failures >= self.check.unhealthy_after


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks without the proxy of whoever started the local AWS: targets are on this machine."""


def ask_target(check: TargetCheck) -> str:
    """Ask once; give the status, such as ``200``, or the reason why there is none."""
    place = urlsplit(check.address)
    way = urlunsplit(place._replace(netloc="{}:{}".format(*check.way)))
    request = urllib.request.Request(way, headers={**_REQUEST_HEADERS, "Host": place.netloc})  # noqa: S310 - an address we made
    try:
        with _DIRECT.open(request, timeout=check.timeout) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, ValueError) as error:
        return f"no answer: {error}"


def is_success(answered: str, codes: str) -> bool:
    """Return whether a status is among ``codes``."""
    if not answered.isdigit():
        return False
    for part in (codes or str(int(HTTPStatus.OK))).split(","):
        first, _, last = part.strip().partition("-")
        if int(first) <= int(answered) <= int(last or first):
            return True
    return False
