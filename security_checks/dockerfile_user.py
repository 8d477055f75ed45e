"""Says as whom the image of a Dockerfile runs.

https://docs.docker.com/reference/dockerfile/#user
"""

import re
from collections.abc import Iterator

INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}$]*))?\}|(\w+))")


def last_user(text: str) -> tuple[str, int]:
    """Return the user of the last stage, and the line where it is set, or where the stage begins.

    Empty where none is set, or where it is a variable without a value: as far as can be told, that is root.
    """
    stages: dict[str, tuple[str, int]] = {}
    values: dict[str, str] = {}
    name, user, line = "", "", 0
    for number, word, rest in _instructions(text):
        if word == "FROM":
            base, name = _base_and_name(_filled(rest, values).lower())
            user, line = stages.get(base, ("", number))[0], number
        elif word in {"ARG", "ENV"}:
            values |= _assigned(rest, values)
        elif word == "USER":
            user, line = _filled(rest.strip(), values), number
        if name:
            stages[name] = (user, line)
    return user, line


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    joined, began, ends = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if ends:
            ends = "" if line.strip() == ends else ends
            continue
        if line.lstrip().startswith("#"):
            continue
        began = began or number
        joined += line.rstrip().removesuffix("\\") + " "
        if line.rstrip().endswith("\\"):
            continue
        if found := INSTRUCTION.match(joined.rstrip()):
            yield began, found[1].upper(), found[2]
        heredoc = HEREDOC.search(joined)
        joined, began, ends = "", 0, heredoc[2] if heredoc else ""


def _base_and_name(rest: str) -> tuple[str, str]:
    """Return of which image or stage a stage is made, and its own name, if it has one."""
    words = [word for word in rest.split() if not word.startswith("--")]
    is_named = len(words) == len(("image", "as", "name")) and words[1] == "as"
    return words[0] if words else "", words[2] if is_named else ""


def _assigned(rest: str, values: dict[str, str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in rest.split())
    return {name: _filled(value.strip("\"'"), values) for name, equals, value in pairs if equals}


def _filled(text: str, values: dict[str, str]) -> str:
    return VARIABLE.sub(lambda one: values.get(one[1] or one[3], one[2] or ""), text)
