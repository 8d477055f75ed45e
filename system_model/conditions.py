"""Whether the conditions of a statement hold for what is known of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import functools
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from system_model.answers import Answer, all_of, any_of, of
from system_model.patterns import opened, overlap

Context = Mapping[str, str | Sequence[str]]
"""Condition keys of a request, in lower case, with the value that each has, or several; ``UNKNOWN`` for one not known.

A key that is not there is absent from the request.
"""
UNKNOWN = "?"
_SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{1,6})?")


def hold(conditions: Mapping[str, Mapping[str, Sequence[str]]], context: Context, *, whole: bool = True) -> Answer:
    """Check whether all conditions hold (operator to key to resolved values).

    Where the system is not ``whole``, a key that is not in the context may yet be in the request.
    """
    return all_of(
        _holds(name.lower(), context.get(key.lower(), None if whole else UNKNOWN), wanted, whole=whole)
        for name, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(name: str, found: str | Sequence[str] | None, wanted: Sequence[str], *, whole: bool) -> Answer:
    if name == "null":
        is_open = found == UNKNOWN and not whole
        return Answer.UNKNOWN if is_open else of([str(found is None).lower()] == [value.lower() for value in wanted])
    quantifier, _, rest = name.rpartition(":")
    plain = rest.removesuffix("ifexists")
    negated = "not" in plain
    compare = _COMPARISONS.get(plain.replace("not", "", 1))
    if compare is None:
        return Answer.NO  # IAM refuses a policy with an operator that it does not know
    if found is None:
        absent_is_enough = plain != rest or quantifier == "forallvalues" or (negated and quantifier != "foranyvalue")
        return of(absent_is_enough)
    combine = all_of if quantifier == "forallvalues" else any_of
    values = [found] if isinstance(found, str) else found
    return combine(_fits(compare, value, wanted, negated=negated, whole=whole) for value in values)


def _fits(compare: "Comparison", found: str, wanted: Sequence[str], *, negated: bool, whole: bool) -> Answer:
    if found == UNKNOWN:
        return Answer.UNKNOWN
    try:
        equal = any_of(_compared(compare, found, value, whole=whole) for value in wanted)
    except ValueError:
        return Answer.NO  # no number, no date
    return ~equal if negated else equal


def _compared(compare: "Comparison", found: str, wanted: str, *, whole: bool) -> Answer:
    if not whole and "${" in found + wanted and not compare(found, wanted):
        return Answer.UNKNOWN if overlap(opened(wanted), opened(found)) else Answer.NO
    return of(compare(found, wanted))


def matches(pattern: str, text: str) -> bool:
    """Check whether ``text`` fits a ``pattern`` in which ``*`` is any text and ``?`` any one character."""
    if pattern in (text, "*"):
        return True
    if "?" in pattern or "*" in pattern[:-1]:
        return bool(_compiled(pattern).fullmatch(text))
    return pattern.endswith("*") and text.startswith(pattern[:-1])


class Patterns:
    """Several patterns, which a text fits that fits one of them."""

    def __init__(self, written: Iterable[str]) -> None:
        self._written = frozenset(written)
        self._others = tuple(one for one in self._written if "?" in one or "*" in one[:-1])
        self._beginnings = tuple(one[:-1] for one in self._written.difference(self._others) if one.endswith("*"))

    def fit(self, text: str) -> bool:
        """Check whether ``text`` fits one of them."""
        return (
            text in self._written
            or text.startswith(self._beginnings)
            or any(_compiled(one).fullmatch(text) for one in self._others)
        )


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    *between, last = rest
    # The first place of each part leaves most room for those after it, so no other is ever tried.
    return re.compile(first + "".join(f"(?>.*?{part})" for part in between if part) + f".*{last}", re.DOTALL)


Comparison = Callable[[str, str], bool]


def _like(found: str, wanted: str) -> bool:
    return matches(wanted, found)


def _in_any_case(found: str, wanted: str) -> bool:
    return found.lower() == wanted.lower()


def _number(compare: Callable[[float, float], bool]) -> Comparison:
    return lambda found, wanted: compare(float(found), float(wanted))


def _date(compare: Callable[[datetime, datetime], bool]) -> Comparison:
    return lambda found, wanted: compare(_moment(found), _moment(wanted))


def _moment(text: str) -> datetime:
    """Read a date of ISO 8601, or seconds since 1970; raise ``ValueError`` for anything else."""
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _within(found: str, wanted: str) -> bool:
    try:
        return ip_address(found) in ip_network(wanted, strict=False)
    except ValueError:
        return False


_ORDERS = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}
_COMPARISONS: Mapping[str, Comparison] = {
    "stringequals": operator.eq,
    "stringequalsignorecase": _in_any_case,
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "bool": _in_any_case,
    "binaryequals": operator.eq,
    "ipaddress": _within,
    **{f"numeric{name}": _number(order) for name, order in _ORDERS.items()},
    **{f"date{name}": _date(order) for name, order in _ORDERS.items()},
}
