"""What a service of ours is made of: operations, the caller they serve, and the errors they answer with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]
"""A request or response as botocore's JSON protocol has it; times are epoch seconds (floats)."""


@dataclass(frozen=True)
class Caller:
    """Who makes a request, and where: an account id of 12 digits, a region, the principal's ARN.

    ``execution_id`` is the pipeline execution in whose name the principal acts; empty where it is none's.
    """

    account_id: str
    region: str
    arn: str
    execution_id: str = ""


class ServiceError(Exception):
    """An operation refuses; ``code`` is the error's name in the API reference, as ``PipelineNotFoundException``."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


Operation = Callable[[Caller, Json], Json | None]
"""Answers one API call; None where there is nothing to answer.

It runs on a thread of its own and may block; calls run side by side.
"""


def _nothing() -> None:
    """Have nothing to start or to stop."""


@dataclass(frozen=True)
class Extension:
    """Operations that one room adds to a service, and what must run beside them.

    ``start`` is called once, when the API answers; ``stop`` once before the process ends, and has five seconds.
    """

    operations: Mapping[str, Operation]
    start: Callable[[], None] = _nothing
    stop: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Service:
    """One AWS service that is ours, spoken to by AWS JSON 1.1 or 1.0 with an ``X-Amz-Target`` header, or by REST.

    ``target`` is what stands before the dot in that header; empty for a REST service, whose operations have a path each
    that begins with the operation's name. ``resources`` gives the ARNs that IAM checks an operation on (none: ``*``).
    """

    name: str
    target: str
    operations: Mapping[str, Operation]
    resources: Callable[[str, Json, Caller], Sequence[str]]
