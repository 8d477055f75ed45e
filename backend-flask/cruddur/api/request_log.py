"""An id for every request, and one log line for each that tells something."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from flask import Flask, Response, g, request

REQUEST_ID_HEADER: Final = "X-Request-Id"
_LOGGER: Final = logging.getLogger("cruddur.requests")
# An id from outside is kept, so that one id follows a request through every service; an odd one could forge a
# line of the log.
_ACCEPTED_ID: Final = re.compile(r"[A-Za-z0-9._=:;-]{1,128}")
_HEALTH_CHECK: Final = "health.health_check"


def request_id(environ: Mapping[str, Any]) -> str:
    """The id that a request brings along, or else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID")
    return given if given and _ACCEPTED_ID.fullmatch(given) else uuid4().hex


def log_requests(app: Flask) -> None:
    """Gives each request its id (also in the answer's X-Request-Id) and logs its answer."""

    @app.before_request
    def begin() -> None:
        g.request_id = request_id(request.environ)
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers.add(REQUEST_ID_HEADER, g.request_id)
        # A healthy answer to a health check comes every few seconds from each prober and tells nothing.
        level = logging.DEBUG if request.endpoint == _HEALTH_CHECK else logging.INFO
        if _LOGGER.isEnabledFor(level):
            fields = {
                "method": request.method,
                # Without the query: what people search for is nobody's business.
                "path": request.path,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - g.began) * 1000, 2),
            }
            _LOGGER.log(level, "request", extra=fields)
        return response
