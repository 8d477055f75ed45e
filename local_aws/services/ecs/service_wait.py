"""How long a stack waits for an ECS service that is not stable, where no circuit breaker ends its deployment."""

import os
from dataclasses import dataclass

from reporting.errors import CannotRunError

OPTION = "LOCAL_AWS_SERVICE_WAIT"
"""Environment variable of the start: seconds."""
_SECONDS, _LEAST, _MOST = 600, 1, 10_800
_OTHERWISE = "AWS waits up to 3 hours."


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds; ``said`` tells where that comes from and what AWS does."""

    seconds: float
    said: str


def patience() -> Patience:
    """Read the option; a value that is no number of seconds raises ``CannotRunError``.

    CloudFormation itself waits three hours:
    https://repost.aws/knowledge-center/cloudformation-ecs-service-stabilize
    """
    given = os.environ.get(OPTION, str(_SECONDS))
    if not given.isascii() or not given.isdigit() or not _LEAST <= int(given) <= _MOST:
        raise CannotRunError(f"{OPTION}: found {given!r}; allowed is a number of seconds from {_LEAST} to {_MOST}.")
    return Patience(float(given), f"The local AWS waits {given} s ({OPTION}); {_OTHERWISE}")
