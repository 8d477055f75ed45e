"""The step of a service on which IAM is asked; what a user or a role asks for itself is a request."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

REQUEST = "request"

_step: contextvars.ContextVar["Step | None"] = contextvars.ContextVar("step", default=None)


@dataclass(frozen=True)
class Step:
    """A step by its name, and the page of AWS's documentation that demands its rights."""

    name: str
    source: str


def step_of_call() -> Step | None:
    """Give the step that this thread asks IAM for; None for a request."""
    return _step.get()


@contextmanager
def taking(step: Step) -> Iterator[None]:
    """Have what IAM is asked within be this step's."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)
