"""Every compiled pattern of the project, how it is used, and texts that a pattern of its kind may take long for."""

import ast
import dataclasses
import importlib
import re
import re._constants as constants  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from settings.root import PROJECT_ROOT
from tests.test_walls import MAY_IMPORT

ROOMS = tuple(room for room in MAY_IMPORT if room != "backend-flask")
"""The service is a project of its own, with libraries of its own."""
SHORT = 2_500
"""Characters of a text that each pattern is first asked about."""
QUICK = 0.0003
"""Seconds within which no pattern is suspected: one of quadratic time takes longer for a short text."""
TOO_LONG = 1.0
MOST_SINGLE, MOST_BEFORE = 16, 3
ASKING = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")
"""What a pattern is asked."""
_CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " \n", "CATEGORY_WORD": "a"}


@dataclasses.dataclass(frozen=True)
class Named:
    """A pattern, where it was found, and what it is asked there: anything, where that can't be told."""

    name: str
    pattern: re.Pattern[Any]
    asked: frozenset[str]


def sources() -> dict[str, Path]:
    """Return every module of the rooms by its dotted name."""
    found = {}
    for room in ROOMS:
        for path in sorted((PROJECT_ROOT / room).rglob("*.py")):
            parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
            if not any(part.startswith(".") for part in parts):
                found[".".join(part for part in parts if part != "__init__")] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def patterns() -> list[Named]:
    """Import every module; return the patterns that it holds: by itself, in tables, in classes and their instances."""
    asked = _asked()
    found: dict[tuple[object, int], Named] = {}
    for module in sources():
        if module.endswith("__main__") or module == "local_aws.process.server_process":
            continue  # what runs at once holds nothing but its command
        for name, value in list(vars(importlib.import_module(module)).items()):
            for number, (pattern, member) in enumerate(_inside(value, "", set())):
                key = (pattern.pattern, pattern.flags)
                place = f"{module}.{name}" + (f" #{number}" if not isinstance(value, re.Pattern) else "")
                known = found.get(key)
                uses = asked.get(("", member) if member else (module, name), frozenset())
                uses |= known.asked if known else frozenset()
                found[key] = Named(known.name if known else place, pattern, uses)
    return [dataclasses.replace(one, asked=one.asked or frozenset(ASKING)) for one in found.values()]


def _inside(value: object, member: str, seen: set[int]) -> Iterator[tuple[re.Pattern[Any], str]]:
    """Return the patterns in a value, and the members of data classes that they are."""
    if isinstance(value, re.Pattern):
        yield value, member
        return
    if id(value) in seen or isinstance(value, (str, bytes, int, float, ModuleType)):
        return
    seen.add(id(value))
    parts: list[tuple[object, str]] = []
    if isinstance(value, Mapping):
        parts = [(part, "") for part in (*value.keys(), *value.values())]
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts = [(part, "") for part in value]
    elif isinstance(value, type) and value.__module__.split(".")[0] in ROOMS:
        parts = [(part, "") for part in vars(value).values()]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [(getattr(value, field.name), field.name) for field in dataclasses.fields(value)]
    for part, name in parts:
        yield from _inside(part, name, seen)


def _asked() -> dict[tuple[str, str], frozenset[str]]:
    """Return what each name at the top of a module is asked, wherever it is imported."""
    found: dict[tuple[str, str], set[str]] = {}
    for module, path in sources().items():
        origin: dict[str, tuple[str, str]] = {}
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                origin |= {one.id: (module, one.id) for one in node.targets[0].elts if isinstance(one, ast.Name)}
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                origin[node.targets[0].id] = (module, node.targets[0].id)
            elif isinstance(node, ast.ImportFrom) and node.module:
                origin |= {one.asname or one.name: (node.module, one.name) for one in node.names}
        for part in ast.walk(tree(path)):
            if isinstance(part, ast.Attribute) and part.attr in ASKING:
                if isinstance(part.value, ast.Name):
                    found.setdefault(origin.get(part.value.id, ("?", "?")), set()).add(part.attr)
                elif isinstance(part.value, ast.Attribute):
                    found.setdefault(("", part.value.attr), set()).add(part.attr)
    return {key: frozenset(names) for key, names in found.items()}


def texts(pattern: re.Pattern[Any], length: int) -> Iterator[str | bytes]:
    """Return texts of about ``length`` characters, made of what the pattern speaks of, repeated.

    Each has an end that fits nothing, alone and after all that the pattern wants to see first.
    """
    words = list(dict.fromkeys(_words(parser.parse(pattern.pattern, pattern.flags))))
    single = [*dict.fromkeys("".join(words) + "a1 \n")][:MOST_SINGLE]
    before = ["", *("".join(words[: number + 1]) for number in range(min(len(words), MOST_BEFORE)))]
    yield from _repeated(pattern, [*words, *single], before, length)
    pairs = [*(a + b for a in single for b in single if a != b), *(a + b for a in words if len(a) > 1 for b in single)]
    yield from _repeated(pattern, pairs, ["", before[-1]], length)


def _repeated(pattern: re.Pattern[Any], parts: list[str], before: list[str], length: int) -> Iterator[str | bytes]:
    for part in dict.fromkeys(parts):
        for first in dict.fromkeys(before):
            text = f"{first}{part * (length // len(part))}\x01"
            yield text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text


def _words(parsed: Any) -> Iterator[str]:
    """Return the runs of literals, and a member of each class, in the order of the pattern."""
    run = ""
    for operation, argument in parsed:
        if operation is constants.LITERAL:
            run += chr(argument)
            continue
        if run:
            yield run
            run = ""
        yield from _of_other(operation, argument)
    if run:
        yield run


def _of_other(operation: Any, argument: Any) -> Iterator[str]:
    if operation is constants.NOT_LITERAL:
        yield "a" if chr(argument) != "a" else "b"
    elif operation is constants.ANY:
        yield "a"
    elif operation is constants.IN:
        yield from _of_class(argument)
    elif operation is constants.BRANCH:
        for branch in argument[1]:
            yield from _words(branch)
    elif operation in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        yield from _words(argument[2])
    elif operation is constants.SUBPATTERN:
        yield from _words(argument[3])
    elif operation is constants.ATOMIC_GROUP:
        yield from _words(argument)
    elif operation in (constants.ASSERT, constants.ASSERT_NOT):
        yield from _words(argument[1])


def _of_class(members: Any) -> Iterator[str]:
    if members[0][0] is constants.NEGATE:
        yield from ("a", "1", "-")
    for kind, what in members:
        if kind is constants.LITERAL:
            yield chr(what)
        elif kind is constants.RANGE:
            yield chr(what[0])
        elif kind is constants.CATEGORY:
            yield _CATEGORIES.get(str(what), "!")


def fault_of(named: Named) -> str:
    """Return the begin of a text at which a pattern's time grows faster than the text does; empty for none."""
    for text in texts(named.pattern, SHORT):
        if _seconds(named, text) > QUICK and _grows(named, text):
            return f"{named.name}: {named.pattern.pattern!r} takes long for {text[:40]!r}..."
    return ""


def _grows(named: Named, text: str | bytes) -> bool:
    """Measure again, at the same and at eight times the length: of linear time eight times as long, of quadratic 64.

    A busy machine makes single measurements longer, so neither is expected exactly.
    """
    short, long = (min(_seconds(named, _longer(text, times)) for _ in range(3)) for times in (1, 8))
    return long >= TOO_LONG or (long > 0.004 and long > 24 * short)


def _longer(text: str | bytes, times: int) -> str | bytes:
    """Repeat the middle of a text, which is the same few characters over and over."""
    half = len(text) // 2
    middle = text[half - half % 12 : -1]
    return text[:half] + middle * (2 * times - 1) + text[-1:]  # type: ignore[operator]


def _seconds(named: Named, text: str | bytes) -> float:
    """Ask a pattern all that it is asked about a text; returns the seconds of the processor, at most ``TOO_LONG``."""
    signal.setitimer(signal.ITIMER_PROF, TOO_LONG)
    began = time.thread_time()
    try:
        if {"findall", "finditer", "search", "split", "sub", "subn"} & named.asked:
            for _ in named.pattern.finditer(text):
                pass
        for method in {"fullmatch", "match"} & named.asked:
            getattr(named.pattern, method)(text)
        return time.thread_time() - began
    except _TooLongError:
        return TOO_LONG
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class _TooLongError(Exception):
    pass


def _stop(*_: object) -> None:
    raise _TooLongError


if __name__ == "__main__":
    signal.signal(signal.SIGPROF, _stop)
    given = [Named("given", re.compile(word, re.MULTILINE), frozenset(ASKING)) for word in sys.argv[1:]]
    for one in given or patterns():
        fault = fault_of(one)
        if fault:
            print(fault)
