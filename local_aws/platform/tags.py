"""Tags in the three shapes that AWS gives them: lists of key and value (in two spellings), and maps."""

from collections.abc import Iterable, Mapping
from typing import Any


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
