"""What the build's project says is to be asked, and of whom."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reporting.errors import CannotRunError
from verification.smoke import Request


@dataclass(frozen=True)
class Wanted:
    """``tasks`` is how many the service is to run, ``seconds`` how long all of it may take."""

    address: str
    requests: Sequence[Request]
    openapi: str
    seconds: int
    tasks: int


def read(environment: Mapping[str, str] = os.environ) -> Wanted:
    """Read the variables; raises ``CannotRunError`` for one without a value that fits."""
    return Wanted(
        address=_value(environment, "SERVICE_URL").rstrip("/"),
        requests=_requests(_value(environment, "REQUESTS")),
        openapi=environment.get("OPENAPI_PATH", ""),
        seconds=_number(environment, "MOST_SECONDS"),
        tasks=_number(environment, "DESIRED_COUNT"),
    )


def _value(environment: Mapping[str, str], name: str) -> str:
    found = environment.get(name, "")
    if not found:
        raise CannotRunError(f"{name} has no value; the project of the pipeline sets it (docs/release.md).")
    return found


def _number(environment: Mapping[str, str], name: str) -> int:
    found = _value(environment, name)
    if not found.isdecimal():
        raise CannotRunError(f"{name}: found {found!r}; allowed: a whole number (docs/release.md).")
    return int(found)


def _requests(text: str) -> Sequence[Request]:
    try:
        return [Request(str(one["path"]), int(one["status"]), str(one["text"])) for one in json.loads(text)]
    except (ValueError, TypeError, KeyError):
        raise CannotRunError(
            f"REQUESTS: found {text[:200]!r}; allowed: a list of JSON objects with path, status and text."
        ) from None
