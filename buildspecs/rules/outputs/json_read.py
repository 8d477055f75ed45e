"""The JSON that a command reads: what another command returns, or wrote into a file."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from aws_facts.outputs import Output, output_of
from buildspecs.rules.outputs.written_files import written
from buildspecs.rules.subject import Command, Subject
from buildspecs.shell import PieceKind, SimpleCommand, Word, parse

Json = dict[str, Any] | list[Any]
Source = tuple[Output | Json, str]
"""What is read, and the words for where it comes from."""

STAND_INS = ("value", "0", "{}", '"value"')
LEAVE_FILES = ("cat", "echo", "printf", "jq", "aws", "ls", "head", "test", "[")
WITH_VALUE = ("--profile", "--region", "--output", "--endpoint-url")
PIPES = ("|", "|&")


def source_of(command: Command, simple: SimpleCommand, files: Sequence[Word], subject: Subject) -> Source | None:
    """Return what ``simple`` reads from ``files``, its input or what is piped to it; None where it is not known."""
    names = [word.text for word in files] or [
        one.target.text for one in simple.redirects if one.operator == "<" and one.target
    ]
    if names:
        return _in_file(names[0], subject) if len(names) == 1 else None
    given = next((one.target for one in simple.redirects if one.operator == "<<<" and one.target), None)
    if given is not None:
        return _in_variable(given, subject)
    commands = command.script.commands
    before = next((one for one, then in pairwise(commands) if then is simple), None)
    if before is None or simple.before not in PIPES or before.before in PIPES:
        return None
    return _printed(before, subject)


def _printed(simple: SimpleCommand, subject: Subject) -> Source | None:
    if simple.program == "aws":
        return _answer(simple)
    words = [word for word in simple.arguments if not word.text.startswith("-")]
    if len(words) != 1:
        return None
    if simple.program == "cat":
        return _in_file(words[0].text, subject)
    return _in_variable(words[0], subject) if simple.program == "echo" else None


def _answer(simple: SimpleCommand) -> Source | None:
    words = [word.text for word in simple.arguments]
    if any(word.startswith(("--query", "--output", "--generate-cli-skeleton")) for word in words):
        return None
    plain = [
        word
        for index, word in enumerate(words)
        if not word.startswith("--") and words[index - 1 : index] not in ([one] for one in WITH_VALUE)
    ]
    found = output_of(*plain[:2]) if len(plain) > 1 else None
    return (found, f"The answer of aws {plain[0]} {plain[1]}") if found else None


def _in_variable(word: Word, subject: Subject) -> Source | None:
    names = list(word.variables())
    if len(names) != 1 or len(word.pieces) != 1:
        return None
    every = [one for _, simple in subject.simple_commands() for one in _assigned(simple, names[0])]
    (value,) = every if len(every) == 1 else (None,)
    pieces = value.pieces[1:] if value else ()
    if len(pieces) != 1 or pieces[0].kind is not PieceKind.SUBSTITUTION:
        return None
    inner = parse(pieces[0].inner).commands
    return _answer(inner[0]) if len(inner) == 1 and inner[0].program == "aws" else None


def _assigned(simple: SimpleCommand, name: str) -> Iterator[Word]:
    words = simple.arguments if simple.program in ("export", "local", "read", "declare") else ()
    yield from (word for word in (*simple.assignments, *words) if word.text.partition("=")[0] == name)


def _in_file(name: str, subject: Subject) -> Source | None:
    naming = [(command, one) for command, one in subject.simple_commands() if _names(one, name)]
    writing = [one for _, one in naming if _writes(one, name)]
    if any(one.program not in LEAVE_FILES for _, one in naming) or len(writing) > 1:
        return None
    if not writing:
        return _parsed([subject.project.source(name.removeprefix("./")) or ""], name)
    if writing[0].program == "aws":
        return _answer(writing[0])
    texts = [one.texts(stand_in) for one in written(subject) if one.simple is writing[0] for stand_in in STAND_INS]
    return _parsed([text for several in texts for text in several], name)


def _names(simple: SimpleCommand, name: str) -> bool:
    words = [word.text for word in simple.arguments] + [one.target.text for one in simple.redirects if one.target]
    return any(name in word for word in words)


def _writes(simple: SimpleCommand, name: str) -> bool:
    return any(one.target and one.target.text == name and not one.operator.startswith("<") for one in simple.redirects)


def _parsed(texts: Sequence[str], name: str) -> Source | None:
    for text in texts:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return (found, name) if isinstance(found, dict | list) else None
    return None
