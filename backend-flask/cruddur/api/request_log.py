"""An id for every request, and one log line for each that tells something."""

import logging
import re
import time
from http import HTTPStatus
from secrets import token_hex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

REQUEST_ID_HEADER: Final = "X-Request-Id"
# Where a request has its id, once it has one.
REQUEST_ID: Final = "cruddur.request_id"
_LOGGER: Final = logging.getLogger("cruddur.requests")
# An id from outside is kept, so that one id follows a request through every service; an odd one could forge a
# line of the log.
_ACCEPTED_ID: Final = re.compile(r"[A-Za-z0-9._=:;-]{1,128}")


def request_id(environ: "WSGIEnvironment") -> str:
    """The id that a request brings along, or else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID")
    return given if given and _ACCEPTED_ID.fullmatch(given) else token_hex(16)


def log_answer(environ: "WSGIEnvironment", status: int, began: float, quiet_path: str) -> None:
    """Logs the answer to a request that began at that time of time.perf_counter().

    A success at `quiet_path` is worth a line for debugging only.
    """
    # Without the query: what people search for is nobody's business.
    path = "/" + environ["PATH_INFO"].lstrip("/")
    is_quiet = path == quiet_path and status < HTTPStatus.BAD_REQUEST
    level = logging.DEBUG if is_quiet else logging.INFO
    if _LOGGER.isEnabledFor(level):
        fields = {
            "request_id": environ[REQUEST_ID],
            "method": environ["REQUEST_METHOD"],
            # WSGI has bytes in the form of Latin-1 (PEP 3333).
            "path": path if path.isascii() else path.encode("latin-1").decode(errors="replace"),
            "status": status,
            "milliseconds": round((time.perf_counter() - began) * 1000, 2),
        }
        # Without a search for the line of code that logs: it would always be this one.
        nowhere = (__file__, 0)
        record = _LOGGER.makeRecord(
            _LOGGER.name, level, *nowhere, "request", (), None, extra={"fields": fields}
        )
        _LOGGER.handle(record)
