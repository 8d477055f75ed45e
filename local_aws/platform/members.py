"""Members that many operations of AWS share: pages of a list, and tags."""

from collections.abc import Iterable, Mapping, Sequence
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


def as_map(tags: Any) -> dict[str, str]:  # noqa: ANN401 - a request's member, or a template's
    """Read tags from a list of key and value pairs, in either spelling, or from a map."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag.get("key", tag.get("Key"))): str(tag.get("value", tag.get("Value"))) for tag in tags or []}


def as_list(tags: Mapping[str, str], *, capital: bool = False) -> list[dict[str, str]]:
    """Write tags as a list of ``key`` and ``value``; of ``Key`` and ``Value`` where ``capital``."""
    key_name, value_name = ("Key", "Value") if capital else ("key", "value")
    return [{key_name: key, value_name: value} for key, value in tags.items()]


def without(tags: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Return the tags that are not among ``keys``."""
    gone = set(keys)
    return {key: value for key, value in tags.items() if key not in gone}
