"""Headers that every answer carries, whoever asked.

https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html, "Security Headers".
"""

from typing import Final

STANDARD_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A year: RFC 6797, 6.1.1. A browser heeds it only in an answer that came by HTTPS.
TRANSPORT_SECURITY: Final = ("Strict-Transport-Security", "max-age=31536000")
