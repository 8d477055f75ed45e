"""Reads SPDX licence expressions, such as ``Apache-2.0 OR (MIT AND BSD-3-Clause)``.

https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/
"""

import re
from collections import deque
from collections.abc import Set as AbstractSet

WORD = re.compile(r"[()]|[^\s()]+")


def holds(expression: str, allowed: AbstractSet[str]) -> bool:
    """Return whether the licences that are allowed, in small letters, are enough; False for what is no expression.

    A licence ``WITH`` an exception is allowed where the two together are.
    """
    words = deque(WORD.findall(expression))
    return _any_of(words, allowed) and not words


def _any_of(words: deque[str], allowed: AbstractSet[str]) -> bool:
    result = _all_of(words, allowed)
    while _taken(words, "OR"):
        result = _all_of(words, allowed) or result
    return result


def _all_of(words: deque[str], allowed: AbstractSet[str]) -> bool:
    result = _one(words, allowed)
    while _taken(words, "AND"):
        result = _one(words, allowed) and result
    return result


def _one(words: deque[str], allowed: AbstractSet[str]) -> bool:
    if _taken(words, "("):
        return _any_of(words, allowed) and _taken(words, ")")
    name = words.popleft() if words else ""
    if _taken(words, "WITH") and words:
        name = f"{name} with {words.popleft()}"
    return name.lower() in allowed


def _taken(words: deque[str], word: str) -> bool:
    if not words or words[0].upper() != word:
        return False
    words.popleft()
    return True
