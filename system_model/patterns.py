"""Names and ARNs in which parts are left open: by wildcards, or because only the deployment knows them."""

import functools
import re
from collections.abc import Collection

WITHIN = "\x00"
"""In a pattern: any text of one character or more without ``/`` and ``:``, as a bucket's name."""
_ONE = "\x01"
"""The one character of it that there must be."""

_SEGMENT = re.compile(r"\$\{AWS::(?:Partition|Region|AccountId|StackName|URLSuffix)\}")
_OPEN = frozenset("*?" + WITHIN)
_NAME = re.compile(r"\$\{([A-Za-z0-9]+)\}")
_PRIVATE = 0xE000
"""Begins the characters of Unicode's private use, one of which stands for each resource."""
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")


def opened(pattern: str) -> str:
    """Return ``pattern`` with what only the deployment knows left open: to anything, or within a segment."""
    return _UNKNOWN.sub("*", _SEGMENT.sub(WITHIN, pattern)) if "${" in pattern else pattern


def may_be_same(pattern: str, text: str, made: Collection[str]) -> bool:
    """Check whether ``pattern`` may cover ``text``, where each may name parameters and resources as ``${NAME}``.

    Two of the resources ``made`` are never the same. A name that AWS makes up is like any other name.
    """
    named = [{name for name in _NAME.findall(one) if name in made} for one in (pattern, text)]
    if all(named):
        signs = {name: chr(_PRIVATE + number) for number, name in enumerate(sorted(named[0] | named[1]))}
        pattern, text = (_NAME.sub(lambda found: signs.get(found[1], found[0]), one) for one in (pattern, text))
    return overlap(opened(pattern), opened(text))


@functools.lru_cache(maxsize=8192)
def overlap(left: str, right: str) -> bool:
    """Whether some text fits both: ``*`` is any text, ``?`` any character, ``WITHIN`` any text within a segment.

    For ``left`` without any of these it says whether it fits ``right``.
    """
    while True:
        one, ended, rest = left.partition(":")
        other, other_ended, other_rest = right.partition(":")
        if not (ended and other_ended) or any(sign in one or sign in other for sign in "*?"):
            return _heads_agree(left, right) and _overlap(left, right)
        if one != other and not _overlap(one, other):
            return False
        left, right = rest, other_rest


def _heads_agree(left: str, right: str) -> bool:
    """Whether the characters before the first open part of either are the same: tells most apart at once."""
    for one, other in zip(left, right, strict=False):
        if one in _OPEN or other in _OPEN:
            return True
        if one != other:
            return False
    return len(left) == len(right) or left[len(right) :][:1] in _OPEN or right[len(left) :][:1] in _OPEN


def _overlap(left: str, right: str) -> bool:
    left, right = (text.replace(WITHIN, _ONE + WITHIN) for text in (left, right))
    return _after_open(left, right)[len(left)][len(right)]


def _after_open(left: str, right: str) -> list[list[bool]]:
    """Tell for each pair of prefixes whether some text fits both."""
    fits = [[False] * (len(right) + 1) for _ in range(len(left) + 1)]
    fits[0][0] = True
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            if fits[i][j]:
                _advance(fits, left, right, i, j)
    return fits


def _advance(fits: list[list[bool]], left: str, right: str, i: int, j: int) -> None:
    """Mark the pairs that follow a pair that fits: an open part ends, or takes one character more."""
    one = left[i] if i < len(left) else ""
    other = right[j] if j < len(right) else ""
    if one in {"*", WITHIN}:
        fits[i + 1][j] = True
        if other and other not in {"*", WITHIN} and _takes(one, other):
            fits[i][j + 1] = True
    if other in {"*", WITHIN}:
        fits[i][j + 1] = True
        if one and one not in {"*", WITHIN} and _takes(other, one):
            fits[i + 1][j] = True
    elif one and other and one not in {"*", WITHIN} and _same(one, other):
        fits[i + 1][j + 1] = True


def _takes(part: str, character: str) -> bool:
    return part == "*" or character not in "/:"


def _same(one: str, other: str) -> bool:
    """Whether two signs that stand for one character each may stand for the same."""
    if _ONE in {one, other}:
        return not {one, other} & {"/", ":"}
    return one == other or "?" in {one, other}
