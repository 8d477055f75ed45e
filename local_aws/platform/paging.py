"""Answers a list in pages, as the operations of AWS do."""

from collections.abc import Sequence
from typing import TypeVar

from local_aws.platform.service import Json, ServiceError

T = TypeVar("T")


def page(items: Sequence[T], request: Json, code: str, *, largest: int) -> tuple[Sequence[T], Json]:
    """Return the items of the page that ``request`` asks for, and the member that leads to the next page, if any.

    ``nextToken`` and ``maxResults`` are read in the spelling of the request; ``code`` is the error for a bad token and
    ``largest`` the greatest page.
    """
    token = request.get("nextToken", request.get("NextToken"))
    size = request.get("maxResults", request.get("MaxResults")) or largest
    if token is not None and not str(token).isdigit():
        raise ServiceError(code, "The next token was specified in an invalid format.")
    start = int(token or 0)
    end = start + min(int(size), largest)
    spelling = "NextToken" if "NextToken" in request or "MaxResults" in request else "nextToken"
    return items[start:end], {spelling: str(end)} if end < len(items) else {}
