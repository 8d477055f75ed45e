"""Headers that every answer carries, whoever asked.

https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html, "Security Headers".
"""

from typing import Final

from flask import Flask, Response, request

STANDARD_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A year: RFC 6797, 6.1.1. A browser heeds it only in an answer that came by HTTPS.
_TRANSPORT_SECURITY: Final = "max-age=31536000"


def add_standard_headers(app: Flask) -> None:
    """Adds them to every answer, and HSTS to those that a load balancer passes on by HTTPS."""

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        for name, value in STANDARD_HEADERS.items():
            headers.add(name, value)
        if request.environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            headers.add("Strict-Transport-Security", _TRANSPORT_SECURITY)
        return response
