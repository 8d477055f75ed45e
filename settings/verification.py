"""What a service is asked once it was deployed, and what it must answer: `[services.verify]`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from settings import formats, path_patterns
from settings.toml_table import Shape, Table

_REQUEST = Shape(
    re.compile(r"/[A-Za-z0-9._~/@:+,;=&?%!$'()*-]{0,300}"),
    "a path that begins with a slash, with a query after ? where there is one",
)
_OK = 200


@dataclass(frozen=True)
class SmokeRequest:
    """A GET, the status that its answer must have, and a text that it must hold (empty: any)."""

    path: str
    status: int
    text: str


@dataclass(frozen=True)
class Verification:
    """What the build after a deployment asks for."""

    buildspec: str
    timeout_minutes: int
    requests: tuple[SmokeRequest, ...]
    within_seconds: int
    """How long all requests may take together."""
    openapi: str
    """The path of the service's OpenAPI document, whose GET operations are asked as well; empty: none."""


def read(table: Table, buildspec: str, health_check_path: str, patterns: Sequence[str]) -> Verification:
    """Read ``[services.verify]``; without requests, the health check is asked for."""
    verification = Verification(
        buildspec=table.take_text("buildspec", formats.FOLDER, default=buildspec),
        timeout_minutes=table.take_integer("timeout_minutes", 5, 480, "minutes", default=15),
        requests=_read_requests(table) or (SmokeRequest(health_check_path, _OK, ""),),
        within_seconds=table.take_integer("within_seconds", 10, 240, "seconds", default=60),
        openapi=table.take_text("openapi", formats.URL_PATH, default=""),
    )
    _refuse_paths_of_others(table, verification, patterns)
    table.close()
    return verification


def _read_requests(table: Table) -> tuple[SmokeRequest, ...]:
    requests = []
    for one in table.take_tables("requests"):
        requests.append(
            SmokeRequest(
                path=one.take_text("path", _REQUEST),
                status=one.take_integer("status", 200, 599, "", default=_OK),
                text=one.take_text("text", formats.LINE, default=""),
            )
        )
        one.close()
    return tuple(requests)


def _refuse_paths_of_others(table: Table, verification: Verification, patterns: Sequence[str]) -> None:
    """Refuse what the load balancer sends elsewhere: another service's answer says nothing of this one."""
    asked = [("requests", one.path) for one in verification.requests]
    if verification.openapi:
        asked.append(("openapi", verification.openapi))
    for key, path in asked:
        if path and patterns and not any(path_patterns.takes(pattern, path.partition("?")[0]) for pattern in patterns):
            found = f"{path!r}, which none of path_patterns ({', '.join(patterns)}) sends to this service"
            table.refuse_value(key, found, "paths that one of them takes")
