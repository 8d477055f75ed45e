"""Whether the conditions of a statement hold for what is known of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

Context = Mapping[str, str]
"""Condition keys of a request, in lower case, with the one value that each has."""


def hold(conditions: Mapping[str, Mapping[str, Sequence[str]]], context: Context) -> bool:
    """Tell whether all conditions hold (operator to key to resolved values); an operator not known here does not."""
    return all(
        _holds(operator, context.get(key.lower()), wanted)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, found: str | None, wanted: Sequence[str]) -> bool:
    name = operator.rpartition(":")[2]
    if name == "Null":
        return [str(found is None).lower()] == [value.lower() for value in wanted]
    plain = name.removesuffix("IfExists")
    negated = "Not" in plain
    if found is None:
        return plain != name or negated
    compare = _COMPARISONS.get(plain.replace("Not", ""))
    if compare is None:
        return False
    return negated != any(compare(found, value) for value in wanted)


def matches(pattern: str, text: str) -> bool:
    """Tell whether ``text`` fits a ``pattern`` in which ``*`` is any text and ``?`` any one character."""
    if pattern in (text, "*"):
        return True
    if "?" in pattern or "*" in pattern[:-1]:
        return bool(_compiled(pattern).fullmatch(text))
    return pattern.endswith("*") and text.startswith(pattern[:-1])


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)


def _same(found: str, wanted: str) -> bool:
    return found == wanted


def _same_in_any_case(found: str, wanted: str) -> bool:
    return found.lower() == wanted.lower()


def _like(found: str, wanted: str) -> bool:
    return matches(wanted, found)


_COMPARISONS: Mapping[str, Any] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_in_any_case,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _same_in_any_case,
    "NumericEquals": _same,
}
