"""Where two JSON values differ: the deepest places, with what stood and what stands there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

DOCUMENT_STARTS = ("{", "[")
ABSENT = None
"""What stands where nothing does; JSON's null is not a value of a template."""
NAMES = ("Sid", "Name", "Key", "Id", "AttributeName")
"""What names the items of a list: statements, stages and actions, variables, tags and attributes, rules."""


@dataclass(frozen=True)
class Difference:
    """One place, such as ``Environment.Image``, and the JSON values before and after (``None``: nothing)."""

    path: str
    before: Any
    after: Any


def between(before: Any, after: Any, path: str = "") -> Iterator[Difference]:  # noqa: ANN401 - any JSON value
    """Find the differences. Items of lists that have names are told by these, others by where they stand.

    A text that holds JSON, such as a lifecycle policy, is looked into like any other value.
    """
    if before == after:
        return
    before, after = _parsed(before, after)
    if isinstance(before, dict) and isinstance(after, dict) and not _is_function(before) and not _is_function(after):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from between(before.get(key, ABSENT), after.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _between_lists(before, after, path)
    else:
        yield Difference(path, before, after)


def _between_lists(before: list[Any], after: list[Any], path: str) -> Iterator[Difference]:
    old, new = _named(before), _named(after)
    if old is None or new is None:
        yield from _between_items(before, after, path)
        return
    for name in [*old, *(name for name in new if name not in old)]:
        yield from between(old.get(name, ABSENT), new.get(name, ABSENT), f"{path}[{name}]")
    kept = [[name for name in one if name in other] for one, other in ((old, new), (new, old))]
    if kept[0] != kept[1]:
        yield Difference(f"{path} (order)", *(", ".join(names) for names in kept))


def _named(items: list[Any]) -> dict[str, Any] | None:
    """Return the items by what names each; None where something does not, or two have the same name."""
    for key in NAMES:
        names = [one.get(key) if isinstance(one, dict) else None for one in items]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return dict(zip(map(str, names), items, strict=True))
    return None


def _between_items(before: list[Any], after: list[Any], path: str) -> Iterator[Difference]:
    """Compare lists without names: what is the same stays, and between that, pair by pair."""
    texts = [[json.dumps(one, sort_keys=True) for one in items] for items in (before, after)]
    for word, first, last, start, end in SequenceMatcher(a=texts[0], b=texts[1], autojunk=False).get_opcodes():
        if word != "equal":
            pairs = zip_longest(before[first:last], after[start:end], fillvalue=ABSENT)
            for number, (old, new) in enumerate(pairs):
                yield from between(old, new, f"{path}[{(first if first + number < last else start) + number}]")


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
