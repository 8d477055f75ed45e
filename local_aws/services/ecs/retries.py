"""When a service that fails to start its tasks tries again: at once, then after longer and longer pauses, as ECS does.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

AT_ONCE = 2
"""So many failed attempts are followed by another one without a pause: what ends a deployment by its circuit breaker
takes no longer for it."""
LONGEST = 60.0
"""Seconds. ECS goes up to 27 minutes, which is long to wait in a rehearsal."""


@dataclass
class _Attempts:
    deployment: str
    begun: int = 0
    failed: int = 0
    last_failed: int = 0
    not_before: float = 0.0


class Retries:
    """The attempts of all services, by a service's name and its deployment's id: a new deployment begins afresh."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._attempts: dict[str, _Attempts] = {}

    def pause(self, service: str, deployment: str) -> float:
        """Return the seconds until the next attempt may begin."""
        return max(0.0, self._of(service, deployment).not_before - self._now())

    def begin(self, service: str, deployment: str) -> None:
        """Hear that tasks are started."""
        self._of(service, deployment).begun += 1

    def fail(self, service: str, deployment: str) -> int:
        """Hear that a task of the latest attempt failed; give how many attempts in a row have."""
        attempts = self._of(service, deployment)
        # The tasks of one attempt usually fail together, and for one reason.
        if attempts.last_failed < attempts.begun or not attempts.failed:
            attempts.last_failed = attempts.begun
            attempts.failed += 1
            over = attempts.failed - AT_ONCE
            attempts.not_before = self._now() + (min(LONGEST, 2.0 ** min(over - 1, 10)) if over > 0 else 0.0)
        return attempts.failed

    def succeed(self, service: str) -> None:
        """Hear that a task became healthy."""
        self._attempts.pop(service, None)

    def _of(self, service: str, deployment: str) -> _Attempts:
        found = self._attempts.get(service)
        if found is None or found.deployment != deployment:
            found = self._attempts[service] = _Attempts(deployment)
        return found
