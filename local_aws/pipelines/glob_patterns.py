r"""Glob patterns as CodePipeline's triggers read them, made into regular expressions.

https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html: ``*`` stays within a directory, ``**``
crosses directories, ``?`` is one character of a name, ``[a-z]`` and ``[!a-z]`` sets, ``{a,b}`` alternatives, which
can't be nested, and ``\`` takes the meaning away from the next character.
"""

import re
from functools import lru_cache


class GlobError(ValueError):
    """A pattern can't be read."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Give the expression that a whole name or path is matched against; ``GlobError`` if there is none."""
    expression, position, grouped = "", 0, False
    while position < len(pattern):
        character = pattern[position]
        if character in "{}," and (grouped or character != ","):
            expression += _alternatives(pattern, character, grouped=grouped)
            grouped = character != "}"
            position += 1
        else:
            part, position = _part(pattern, position)
            expression += part
    if grouped:
        raise GlobError(f"Pattern {pattern!r} opens a group with {{ and does not close it.")
    try:
        return re.compile(expression, re.DOTALL)
    except re.error as error:
        raise GlobError(f"Pattern {pattern!r} can't be read: {error}.") from error


def matches(pattern: str, name: str) -> bool:
    """Tell whether the whole of ``name`` is what ``pattern`` describes."""
    return compiled(pattern).fullmatch(name) is not None


def _alternatives(pattern: str, character: str, *, grouped: bool) -> str:
    if character == "{" and grouped:
        raise GlobError(f"Pattern {pattern!r} has a group within a group, which can't be.")
    if character == "}" and not grouped:
        raise GlobError(f"Pattern {pattern!r} closes a group with }} that it never opened.")
    return {"{": "(?:", ",": "|", "}": ")"}[character]


def _part(pattern: str, position: int) -> tuple[str, int]:
    """Give the expression of what stands at ``position``, and the position after it."""
    character = pattern[position]
    if pattern.startswith("**", position):
        return ".*", position + 2
    if character == "*":
        return "[^/]*", position + 1
    if character == "?":
        return "[^/]", position + 1
    if character == "[":
        return _set(pattern, position)
    if character == "\\":
        if position + 1 == len(pattern):
            raise GlobError(f"Pattern {pattern!r} ends in a backslash that escapes nothing.")
        return re.escape(pattern[position + 1]), position + 2
    return re.escape(character), position + 1


def _set(pattern: str, position: int) -> tuple[str, int]:
    end = pattern.find("]", position + 2)
    if end < 0:
        raise GlobError(f"Pattern {pattern!r} opens a set with [ and does not close it.")
    inside = pattern[position + 1 : end]
    negated = inside.startswith("!")
    members = inside[1:] if negated else inside
    if not members:
        raise GlobError(f"Pattern {pattern!r} has an empty set.")
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", members)
    return f"(?!/)[{'^' if negated else ''}{escaped}]", end + 1
