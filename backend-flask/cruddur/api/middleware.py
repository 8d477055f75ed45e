"""What every request and every answer has, whatever the application makes of it.

Around the application and not in Flask's hooks, which took a third as long as a page of 50 activities.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from cruddur.api.busy import IS_BUSY, busy
from cruddur.api.cross_origin import permissions
from cruddur.api.request_log import REQUEST_ID, REQUEST_ID_HEADER, log_answer, request_id
from cruddur.api.response_headers import STANDARD_HEADERS, TRANSPORT_SECURITY

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

# Also without an origin: a cache must not give one page's answer to another's.
_EVERY_ANSWER: Final = [*STANDARD_HEADERS.items(), ("Vary", "Origin")]


class Middleware:
    """A WSGI application around one: each request has an id, and each answer its headers and its log line."""

    def __init__(self, application: "WSGIApplication", origins: tuple[str, ...], quiet_path: str) -> None:
        """Pages of these origins, each `scheme://host[:port]` in lower case, may use the service.

        At `quiet_path` success is not worth a line: probers ask there every few seconds.
        """
        self._application = application
        self._origins = origins
        self._quiet_path = quiet_path

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answers a request."""
        began = time.perf_counter()
        environ[REQUEST_ID] = request_id(environ)

        def start(
            status: str, headers: list[tuple[str, str]], failure: "OptExcInfo | None" = None, /
        ) -> "Callable[[bytes], object]":
            log_answer(environ, int(status[:3]), began, self._quiet_path)
            return start_response(status, headers + self._headers(environ), failure)

        application = busy if IS_BUSY in environ else self._application
        return application(environ, start)

    def _headers(self, environ: "WSGIEnvironment") -> list[tuple[str, str]]:
        headers = [(REQUEST_ID_HEADER, environ[REQUEST_ID]), *_EVERY_ANSWER]
        if environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            headers.append(TRANSPORT_SECURITY)
        origin = environ.get("HTTP_ORIGIN")
        return headers + permissions(environ, origin) if origin in self._origins else headers
