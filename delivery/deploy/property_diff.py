"""Where two JSON values differ: the deepest places, with what stood and what stands there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DOCUMENT_STARTS = ("{", "[")
ABSENT = None
"""What stands where nothing does; JSON's null is not a value of a template."""


@dataclass(frozen=True)
class Difference:
    """One place, such as ``Environment.Image``, and the JSON values before and after (``None``: nothing)."""

    path: str
    before: Any
    after: Any


def between(before: Any, after: Any, path: str = "") -> Iterator[Difference]:  # noqa: ANN401 - any JSON value
    """Find the differences; a list whose length changed is one difference, as its items have no names.

    A text that holds JSON, such as a lifecycle policy, is looked into like any other value.
    """
    if before == after:
        return
    before, after = _parsed(before, after)
    if isinstance(before, dict) and isinstance(after, dict) and not _is_function(before) and not _is_function(after):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from between(before.get(key, ABSENT), after.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from between(old, new, f"{path}[{number}]")
    else:
        yield Difference(path, before, after)


def _parsed(before: Any, after: Any) -> tuple[Any, Any]:  # noqa: ANN401 - any JSON value
    """Return what two texts hold if both are JSON documents that differ in more than their layout."""
    if not (isinstance(before, str) and isinstance(after, str) and before[:1] in DOCUMENT_STARTS):
        return before, after
    try:
        documents = json.loads(before), json.loads(after)
    except ValueError:
        return before, after
    return (before, after) if documents[0] == documents[1] else documents


def _is_function(value: dict[str, Any]) -> bool:
    """Report an intrinsic function, which is read as a whole, from a table of properties."""
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref", "Condition"))
