"""The step of a service on which IAM is asked; what a user or a role asks for itself is a request."""

import contextvars
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

REQUEST = "request"

_step: contextvars.ContextVar["Step | None"] = contextvars.ContextVar("step", default=None)


@dataclass(frozen=True)
class Step:
    """A step by its name, and the page of AWS's documentation that demands its rights."""

    name: str
    source: str


@dataclass(frozen=True)
class Asked:
    """A step on one resource (an ARN or ``*``), with the condition keys that it has beside those of the table."""

    step: str
    resource: str
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """The first right of a step that IAM does not give; ``sentence`` is AWS's."""

    action: str
    resource: str
    sentence: str


def step_of_call() -> Step | None:
    """Return the step that this thread asks IAM for; None for a request."""
    return _step.get()


@contextmanager
def taking(step: Step) -> Iterator[None]:
    """Have what IAM is asked within be this step's."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)
