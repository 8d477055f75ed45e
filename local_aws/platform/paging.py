"""Answers a list in pages, as the operations of AWS do."""

from collections.abc import Sequence
from typing import Any

from local_aws.platform.service import Json, ServiceError


def listed(member: str, items: Sequence[Any], request: Json, code: str, *, largest: int = 100) -> Json:
    """Answer the page of ``items`` that ``request`` asks for as ``member``, with what leads to the next page, if any.

    Tokens are spelled as ``member`` is, with a capital letter or without; ``code`` is the error for a bad token and
    ``largest`` the greatest page.
    """
    token = request.get("nextToken", request.get("NextToken"))
    size = request.get("maxResults", request.get("MaxResults")) or largest
    if token is not None and not str(token).isdigit():
        raise ServiceError(code, "The next token was specified in an invalid format.")
    start = int(token or 0)
    end = start + min(int(size), largest)
    following = {"NextToken" if member[0].isupper() else "nextToken": str(end)} if end < len(items) else {}
    return {member: list(items[start:end]), **following}
