"""The keys that a filter of jq reads, as far as its beginning is a plain path.

https://jqlang.org/manual/
"""

import re
from collections.abc import Iterator, Sequence

from buildspecs.shell import SimpleCommand, Word

KEY = re.compile(r"""\.(?P<plain>[A-Za-z_]\w*)|\.?\["(?P<quoted>[^"\\]+)"\]|\."(?P<named>[^"\\]+)"|\.?\[(?:-?\d+)?\]""")
SAME = re.compile(r"(?:map\(\s*)?select\(.*\)|(?:sort_by|unique_by)\(.*\)|sort|reverse|unique", re.DOTALL)
"""What passes its input on, in whole or in part."""
MAY_LACK = re.compile(r"//|\?|\btry\b|(?<![=!<>])=(?!=)|\|=|\+=|\bhas\(")
"""Signs of a key that need not be there, or is made."""
ONE_VALUE, TWO_VALUES = {"--indent"}, {"--arg", "--argjson", "--slurpfile", "--rawfile"}
OTHER_INPUT = re.compile(
    r"--(?:null-input|raw-input|slurp|from-file|seq|stream|args|jsonargs)|-[A-QS-Za-eg-mo-rt-z]*[nRsf][A-Za-z]*"
)
ITEM = ""
"""Stands for an item of a list among keys."""


def filter_and_files(simple: SimpleCommand) -> tuple[str, Sequence[Word]] | None:
    """Return the filter of a call of jq, and its files; None where it reads in another way, or is not known."""
    words, plain = list(simple.arguments), []
    while words:
        word = words.pop(0)
        if OTHER_INPUT.fullmatch(word.text):
            return None
        if word.text.startswith("-"):
            del words[: 2 if word.text in TWO_VALUES else word.text in ONE_VALUE]
        else:
            plain.append(word)
    return (plain[0].text, plain[1:]) if plain and plain[0].literal else None


def keys_read(text: str) -> Sequence[str]:
    """Return the keys of the path that a filter begins with, ``ITEM`` for an index; none where it may lack any."""
    if MAY_LACK.search(text):
        return ()
    found: list[str] = []
    for part in _piped(text):
        steps = _steps(part.strip())
        if steps is None:
            if SAME.fullmatch(part.strip()):
                continue
            break
        found += steps
    return found


def _steps(path: str) -> list[str] | None:
    if path == ".":
        return []
    found, at = [], 0
    while match := KEY.match(path, at):
        found.append(match["plain"] or match["quoted"] or match["named"] or ITEM)
        at = match.end()
    return found if at == len(path) else None


def _piped(text: str) -> Iterator[str]:
    """Split a filter at the bars that are in no bracket and no string."""
    depth, start, quoted = 0, 0, False
    for index, letter in enumerate(text):
        if letter == '"' and text[index - 1 : index] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (letter in "([{") - (letter in ")]}")
            if letter == "|" and depth == 0:
                yield text[start:index]
                start = index + 1
    yield text[start:]
