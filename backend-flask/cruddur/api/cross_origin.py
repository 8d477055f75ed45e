"""Which pages in a browser may use the service: those of two origins.

https://fetch.spec.whatwg.org/#http-cors-protocol. The rule is fixed and small, and every request pays for it:
a general library took a fifth of the time of a health check.
"""

from typing import TYPE_CHECKING, Final

from cruddur.api.request_log import REQUEST_ID_HEADER

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_EXPOSED: Final = ("Access-Control-Expose-Headers", f"Retry-After, {REQUEST_ID_HEADER}")
_PREFLIGHT_ANSWER: Final = [
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", f"Authorization, Content-Type, Idempotency-Key, {REQUEST_ID_HEADER}"),
    ("Access-Control-Max-Age", "600"),
]


def permissions(environ: "WSGIEnvironment", origin: str) -> list[tuple[str, str]]:
    """The headers that let a page of this origin, from which the request came, use the answer."""
    headers = [("Access-Control-Allow-Origin", origin), _EXPOSED]
    return headers + _PREFLIGHT_ANSWER if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ else headers
