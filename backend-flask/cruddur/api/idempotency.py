"""The header Idempotency-Key: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/."""

import re
from http import HTTPStatus
from typing import Final

from flask import request

from cruddur.api.errors import ApiError

HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
# A string as RFC 8941, 3.3.3 writes it, without escapes; or, as many clients send it, without its quotes.
_KEY: Final = re.compile(
    rf'"(?P<quoted>[ !#-\[\]-~]{{1,{LONGEST_KEY}}})"|(?P<bare>[!#-+\--\[\]-~]{{1,{LONGEST_KEY}}})'
)


def idempotency_key() -> str | None:
    """The key that the request came with, without its quotes; None without one; raises ApiError 400."""
    value = request.headers.get(HEADER)
    if value is None:
        return None
    match = _KEY.fullmatch(value)
    if not match:
        message = f"'{HEADER}' must be a text in double quotes, 1 to {LONGEST_KEY} visible ASCII characters."
        raise ApiError(HTTPStatus.BAD_REQUEST, message)
    return match["quoted"] or match["bare"]
