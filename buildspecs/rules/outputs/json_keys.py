"""The keys that a filter of jq reads, as far as its beginning is a plain path, and those that are not there.

https://jqlang.org/manual/
"""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence

from aws_facts.outputs import Output
from buildspecs.rules.outputs.json_read import Json, source_of
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
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


SHOWN = 6
"""Keys that a sentence lists."""


class MissingJsonKey(Rule):
    id = "W9774"
    shortdesc = "jq reads a key that is there"
    description = (
        "For a key that its input does not have, jq prints null and ends with 0: the build goes on with the word null "
        "in place of a value, and fails later, or deploys it."
    )
    source_url = "https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("jq"):
            given = filter_and_files(simple)
            keys = keys_read(given[0]) if given else ()
            source = source_of(command, simple, given[1], subject) if given and keys else None
            missing = _missing(source[0], keys) if source else None
            if source and missing:
                key, known = missing
                near = difflib.get_close_matches(key, known, 1)
                listed = ", ".join(sorted(known)[:SHOWN])
                remedy = f"Read {near[0]}." if near else f"Read one of its keys: {listed}."
                yield of(command, simple, f"{source[1]} has no key {key} where jq reads it: it prints null.", remedy)


def _missing(value: Output | Json, keys: Sequence[str]) -> tuple[str, Collection[str]] | None:
    """Return the first key that is not there, and those that are."""
    one: object = value
    for key in keys:
        if key == ITEM:
            items = one.item if isinstance(one, Output) else next(iter(one), None) if isinstance(one, list) else None
            one = items
            continue
        known = one.keys if isinstance(one, Output) else one if isinstance(one, dict) else None
        if not known:
            return None
        if key not in known:
            return key, list(known)
        one = one.member(key) if isinstance(one, Output) else one[key]  # type: ignore[index] # a mapping has keys
    return None
