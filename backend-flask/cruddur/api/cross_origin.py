"""Which pages in a browser may use the service: those of two origins.

https://fetch.spec.whatwg.org/#http-cors-protocol. The rule is fixed and small, and every request pays for it:
a general library took a fifth of the time of a health check.
"""

from typing import Final

from flask import Flask, Response, request

from cruddur.api.request_log import REQUEST_ID_HEADER

_EXPOSED: Final = f"Retry-After, {REQUEST_ID_HEADER}"
_PREFLIGHT_ANSWER: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": f"Authorization, Content-Type, Idempotency-Key, {REQUEST_ID_HEADER}",
    "Access-Control-Max-Age": "600",
}


def allow_origins(app: Flask, origins: tuple[str, ...]) -> None:
    """Lets pages of these origins, each `scheme://host[:port]` in lower case, use the service."""

    @app.after_request
    def answer(response: Response) -> Response:
        # Also without an origin: a cache must not give one page's answer to another's.
        response.headers.add("Vary", "Origin")
        environ = request.environ
        origin = environ.get("HTTP_ORIGIN")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED
            if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
                response.headers.update(_PREFLIGHT_ANSWER)
        return response
