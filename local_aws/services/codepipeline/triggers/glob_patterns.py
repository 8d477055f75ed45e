r"""Glob patterns as CodePipeline's triggers read them.

https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html: ``*`` stays within a directory, ``**``
crosses directories, ``?`` is one character of a name, ``[a-z]`` and ``[!a-z]`` sets, ``{a,b}`` alternatives, which
can't be nested, and ``\`` takes the meaning away from the next character.

A pattern becomes an automaton, which reads each character of a name once, however many wildcards there are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

Fits = Callable[[str], bool]


class GlobError(ValueError):
    """A pattern can't be read."""


@dataclass
class Automaton:
    """States by number: ``moves`` tells which character leads where, ``free`` what is reached with none."""

    moves: list[list[tuple[Fits, int]]] = field(default_factory=lambda: [[]])
    free: list[list[int]] = field(default_factory=lambda: [[]])
    end: int = 0

    def step(self, fits: Fits) -> None:
        """Go on by one character."""
        before, self.end = self.end, self.state()
        self.moves[before].append((fits, self.end))

    def repeat(self, fits: Fits) -> None:
        """Go on by any number of characters."""
        before, self.end = self.end, self.state()
        self.free[before].append(self.end)
        self.moves[self.end].append((fits, self.end))

    def state(self) -> int:
        """Make a state."""
        self.moves.append([])
        self.free.append([])
        return len(self.moves) - 1

    def matches(self, text: str) -> bool:
        """Return whether the end can be reached with all of ``text``."""
        reached = self._with_free({0})
        for character in text:
            moved = {there for here in reached for fits, there in self.moves[here] if fits(character)}
            reached = self._with_free(moved)
            if not reached:
                return False
        return self.end in reached

    def _with_free(self, states: set[int]) -> set[int]:
        waiting, found = list(states), set(states)
        while waiting:
            more = [one for one in self.free[waiting.pop()] if one not in found]
            found.update(more)
            waiting += more
        return found


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Automaton:
    """Return the automaton that a whole name or path is matched against; ``GlobError`` if there is none."""
    made, position, group = Automaton(), 0, None
    while position < len(pattern):
        character = pattern[position]
        if character in "{}," and (group or character != ","):
            group = _alternative(made, group, pattern, character)
            position += 1
        else:
            position = _part(made, pattern, position)
    if group:
        raise GlobError(f"Pattern {pattern!r} opens a group with {{ and does not close it.")
    return made


def matches(pattern: str, name: str) -> bool:
    """Return whether the whole of ``name`` is what ``pattern`` describes."""
    return compiled(pattern).matches(name)


def _alternative(
    made: Automaton, group: tuple[int, int] | None, pattern: str, character: str
) -> tuple[int, int] | None:
    """Open a group, begin its next alternative, or close it; returns the states that a group begins and ends with."""
    if character == "{":
        if group:
            raise GlobError(f"Pattern {pattern!r} has a group within a group, which can't be.")
        return made.end, made.state()
    if group is None:
        raise GlobError(f"Pattern {pattern!r} closes a group with }} that it never opened.")
    begin, end = group
    made.free[made.end].append(end)
    made.end = end if character == "}" else begin
    return None if character == "}" else group


def _part(made: Automaton, pattern: str, position: int) -> int:
    """Add what stands at ``position``; returns the position after it."""
    character = pattern[position]
    if pattern.startswith("**", position):
        made.repeat(lambda _: True)
        return position + 2
    if character == "*":
        made.repeat(_in_name)
    elif character == "?":
        made.step(_in_name)
    elif character == "[":
        return _set(made, pattern, position)
    elif character == "\\":
        if position + 1 == len(pattern):
            raise GlobError(f"Pattern {pattern!r} ends in a backslash that escapes nothing.")
        made.step(pattern[position + 1].__eq__)
        return position + 2
    else:
        made.step(character.__eq__)
    return position + 1


def _in_name(character: str) -> bool:
    return character != "/"


def _set(made: Automaton, pattern: str, position: int) -> int:
    end = pattern.find("]", position + 2)
    if end < 0:
        raise GlobError(f"Pattern {pattern!r} opens a set with [ and does not close it.")
    inside = pattern[position + 1 : end]
    members = inside.removeprefix("!")
    if not members:
        raise GlobError(f"Pattern {pattern!r} has an empty set.")
    ranges = _ranges(members, pattern)
    negated = inside != members

    def fits(character: str) -> bool:
        return _in_name(character) and negated != any(first <= character <= last for first, last in ranges)

    made.step(fits)
    return end + 1


def _ranges(members: str, pattern: str) -> list[tuple[str, str]]:
    found, rest = [], members
    while rest:
        first, last, rest = (
            (rest[0], rest[2], rest[3:]) if rest[1:2] == "-" and rest[2:] else (rest[0], rest[0], rest[1:])
        )
        if last < first:
            raise GlobError(f"Pattern {pattern!r} can't be read: the range {first}-{last} is the wrong way round.")
        found.append((first, last))
    return found
