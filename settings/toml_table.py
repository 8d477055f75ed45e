"""Reads one TOML table into typed values; what does not fit is noted as a mistake and a stand-in is given back."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from settings.validation_errors import ValidationErrors

T = TypeVar("T")

_LONGEST_QUOTE = 60
_TOML_NAMES = {dict: "a table", list: "a list", bool: "true or false", int: "a whole number", float: "a number"}


def described(value: object) -> str:
    """Describe a TOML value for a person, such as ``the text 'x'`` or ``the whole number 3``."""
    if isinstance(value, str):
        return f"the text {shortened(value)!r}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if value in ([], {}):
        return f"an empty {'list' if isinstance(value, list) else 'table'}"
    return _TOML_NAMES.get(type(value), f"a {type(value).__name__}")


def shortened(text: str) -> str:
    """Cut ``text`` to what fits into a sentence."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."


@dataclass(frozen=True)
class Shape:
    """What a text may look like: ``pattern`` must match the whole of it; ``allowed`` says the same in words."""

    pattern: re.Pattern[str]
    allowed: str

    def fits(self, text: str) -> bool:
        """Return whether all of ``text`` has this shape."""
        return self.pattern.fullmatch(text) is not None


LINE_LENGTH = Shape(re.compile(r"[^\x00-\x1f]{1,1000}"), "one line of at most 1000 characters")

MOST_NUMBERS = 50
"""Of a list."""


class Table:
    """One table of a settings file. Ask for each key it may have, then call ``close``.

    Every ``take_*`` function gives the value of ``key``, or ``default`` where the key is absent; a key without a
    default must be there.
    """

    def __init__(self, values: dict[str, Any], name: str, mistakes: ValidationErrors) -> None:
        self._values = dict(values)
        self._name = name
        self._mistakes = mistakes
        self._asked: list[str] = []

    def has(self, key: str) -> bool:
        """Check whether ``key`` is in the table."""
        return key in self._values

    def take_text(self, key: str, shape: Shape, default: str | None = None) -> str:
        """Return a text of that ``shape``."""
        value = self._take(key, default, shape.allowed)
        if isinstance(value, str) and (shape.fits(value) or (key not in self._values and value == default)):
            return value
        return self._refuse(key, value, shape.allowed, default or "")

    def take_integer(self, key: str, lowest: int, highest: int, unit: str, default: int | None = None) -> int:
        """Return a whole number from ``lowest`` to ``highest``; ``unit`` says of what, or is empty."""
        allowed = f"a whole number{unit and ' of '}{unit} from {lowest} to {highest}"
        value = self._take(key, default, allowed)
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        return self._refuse(key, value, allowed, lowest)

    def take_integer_of(self, key: str, choices: Sequence[int], unit: str, default: int) -> int:
        """Return one of a few whole numbers of ``unit``."""
        allowed = f"one of these numbers of {unit}: {', '.join(map(str, choices))}"
        value = self._take(key, default, allowed)
        if isinstance(value, int) and not isinstance(value, bool) and value in choices:
            return value
        return self._refuse(key, value, allowed, default)

    def take_boolean(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self._take(key, default, "true or false")
        return value if isinstance(value, bool) else self._refuse(key, value, "true or false", default)

    def take_choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """Return one of ``choices``."""
        allowed = f"one of {', '.join(choices)}"
        value = self._take(key, default, allowed)
        return value if value in choices else self._refuse(key, value, allowed, default)

    def take_integers(self, key: str, least: int, most: int, default: Sequence[int] = ()) -> tuple[int, ...]:
        """Return a list of at most 50 different whole numbers from ``least`` to ``most``."""
        allowed = f"a list of at most {MOST_NUMBERS} whole numbers from {least} to {most}, none twice"
        value = self._take(key, list(default), allowed)
        fits = isinstance(value, list) and all(type(one) is int and least <= one <= most for one in value)
        if not fits or len(value) > MOST_NUMBERS or len(set(value)) != len(value):
            return self._refuse(key, value, allowed, tuple[int, ...]())
        return tuple(value)

    def take_texts(
        self, key: str, shape: Shape, default: Sequence[str] = (), *, at_least: int = 0, at_most: int = 50
    ) -> tuple[str, ...]:
        """Return a list of ``at_least`` to ``at_most`` texts, each of that ``shape`` and none twice."""
        allowed = f"a list of {at_least} to {at_most} texts, each {shape.allowed}, none twice"
        value = self._take(key, list(default), allowed)
        if not _is_list_of_texts(value) or not at_least <= len(value) <= at_most:
            return self._refuse(key, value, allowed, tuple[str, ...]())
        wrong = [item for item in value if not shape.fits(item)] or _repeated(value)
        return self._refuse(key, wrong[0], allowed, ()) if wrong else tuple(value)

    def take_table(self, key: str) -> "Table":
        """Return the table under ``key``; an empty one where it is absent."""
        value = self._take(key, {}, "a table")
        if not isinstance(value, dict):
            value = self._refuse(key, value, "a table", {})
        return Table(value, self._below(key), self._mistakes)

    def take_tables(self, key: str, *, at_least: int = 0) -> list["Table"]:
        """Return the tables written as ``[[key]]``."""
        allowed = f"tables written as [[{self._below(key)}]], at least {at_least}"
        value = self._take(key, None if at_least else [], allowed)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value) or len(value) < at_least:
            value = self._refuse(key, value, allowed, [])
        return [Table(item, f"{self._below(key)}[{number}]", self._mistakes) for number, item in enumerate(value, 1)]

    def take_text_values(self, shape: Shape) -> dict[str, str]:
        """Return all keys that were not asked for yet, each with a text of that ``shape``."""
        rest = [key for key in self._values if key not in self._asked and not isinstance(self._values[key], dict)]
        return {key: self.take_text(key, shape) for key in rest}

    def take_words(self, key: str, *, or_else: str = "") -> tuple[str, ...]:
        """Return a command as the list of its words; an empty one where it is absent, which ``or_else`` forbids.

        It says what may be done in place of a command.
        """
        allowed = f"a list of words, the command first{or_else and '; or '}{or_else}"
        value = self._take(key, None if or_else else [], allowed)
        if not _is_list_of_texts(value) or "" in value or (or_else and not value):
            return self._refuse(key, value, allowed, ())
        return tuple(value)

    def take_commands(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of commands, each the list of its words; an empty one where it is absent."""
        allowed = "a list of commands, each a list of words, the command first"
        value = self._take(key, [], allowed)
        if not isinstance(value, list) or not all(_is_list_of_texts(one) and one and "" not in one for one in value):
            return self._refuse(key, value, allowed, ())
        return tuple(tuple(one) for one in value)

    def keys_with_tables(self) -> Sequence[str]:
        """Return the keys under which tables stand."""
        return [key for key, value in self._values.items() if isinstance(value, dict)]

    def names_in_shape(self, shape: Shape) -> Sequence[str]:
        """Return the keys that stand in the table, where the user chooses them; each must have that ``shape``."""
        for key in self._values:
            if not shape.fits(key):
                self._mistakes.add(self._name, key, f"the name {shortened(key)!r}", shape.allowed)
        self._asked.extend(self._values)
        return [key for key in self._values if shape.fits(key)]

    def take_pattern(self, key: str, default: str) -> str:
        """Return a regular expression."""
        allowed = "a regular expression in one line"
        value = self._take(key, default, allowed)
        try:
            re.compile(value if LINE_LENGTH.fits(value) else "(")
        except (re.error, TypeError, RecursionError):
            return self._refuse(key, value, allowed, default)
        return str(value)

    def refuse_value(self, key: str, found: str, allowed: str) -> None:
        """Note that what stands at ``key`` does not fit with the rest of the file."""
        self._mistakes.add(self._name, key, found, allowed)

    def close(self) -> None:
        """Note every key that nothing asked for: it is misspelt or misplaced."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                guess = f" (did you mean {near[0]}?)" if near else ""
                allowed = ", ".join(sorted(self._asked)) or "no key at all"
                self._mistakes.add(self._name, key, f"an unknown key{guess}", allowed)

    def _below(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _take(self, key: str, default: object, allowed: str) -> Any:  # noqa: ANN401 - TOML values are of any type
        self._asked.append(key)
        if key not in self._values and default is None:
            self._mistakes.add(self._name, key, "nothing", allowed)
            return None
        return self._values.get(key, default)

    def _refuse(self, key: str, value: object, allowed: str, stand_in: T) -> T:
        if value is not None:
            self._mistakes.add(self._name, key, described(value), allowed)
        return stand_in


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _repeated(items: Sequence[str]) -> list[str]:
    return [item for number, item in enumerate(items) if item in items[:number]]
