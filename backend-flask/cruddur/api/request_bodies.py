"""Reading what a client sends: a text from a JSON object or from the query, checked before it is used."""

import json
import re
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from flask import request

from cruddur.api.errors import ApiError

_DOCUMENT: Final = json.loads(files("cruddur").joinpath("openapi.json").read_text(encoding="utf-8"))
# What has something to be seen in it, and no NUL, which PostgreSQL does not store. The document has the table
# of Unicode's invisible characters, so that clients go by the same one.
_TEXT: Final = re.compile(_DOCUMENT["components"]["schemas"]["Text"]["pattern"])
# PostgreSQL stores neither; a surrogate alone is half a character.
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
# What Python and what JavaScript take for white space.
_WHITE_SPACE: Final = "".join(filter(str.isspace, map(chr, range(0x10000)))) + "\ufeff"


def json_object() -> dict[str, Any]:
    """The request's body; raises ApiError 400 when it is no JSON, 422 when it is no object."""
    # Read whatever its content type says: a token in a header, never a cookie, is what lets a request write.
    try:
        body = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        raise ApiError(HTTPStatus.BAD_REQUEST, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, "The body must be a JSON object.")
    return body


def text(name: str, value: object, longest: int) -> str:
    """The text without white space around it; raises ApiError 422. `longest` is in characters."""
    if not isinstance(value, str) or not value:
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, f"'{name}' must be a text that is not blank.")
    if len(value) > longest:
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, f"'{name}' must have at most {longest} characters.")
    if _NO_TEXT.search(value):
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, f"'{name}' has a character that is no text.")
    if not _TEXT.match(value):
        message = f"'{name}' must have something to be seen in it."
        raise ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, message)
    return value.strip(_WHITE_SPACE)
