"""What echo and printf write into files, as far as it is known before a run."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buildspecs.rules.subject import Command, Subject
from buildspecs.shell import HereDocument, SimpleCommand, Word

OPTIONS = re.compile(r"-[neE]+")
CONVERSION = re.compile(r"%(?:%|[-+ #0]*+\d*+(?:\.\d+)?+([a-zA-Z]))")
EXPANSION = re.compile(r"\$\([^()]*\)|\$\{[^{}]*\}|\$\w+|`[^`]*`")
ESCAPE = re.compile(r"\\(?:([abfnrtv\\\"'])|0?([0-7]{1,3})|x([0-9a-fA-F]{1,2}))")
LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'"}


@dataclass(frozen=True)
class Written:
    """``file`` is written whole by ``simple``; ``words`` are what its text is made of."""

    command: Command
    simple: SimpleCommand
    file: str
    words: Sequence[Word] = ()
    document: HereDocument | None = None

    def texts(self, stand_in: str) -> Iterator[str]:
        """Return what the file may hold, with ``stand_in`` for each value that only a run tells."""
        values = [word.replaced(stand_in) for word in self.words]
        if not stand_in:  # without quotes, what comes to nothing is no word
            values = [value for value, word in zip(values, self.words, strict=True) if value or word.quoted]
        if self.document is not None:
            yield EXPANSION.sub(stand_in, self.document.text) if self.document.expanded else self.document.text
        elif self.simple.program == "printf":
            yield _formatted(values[0], values[1:]) if values else ""
        else:
            # Whether echo reads backslashes depends on the shell.
            yield " ".join(values)
            yield _unescaped(" ".join(values))


def written(subject: Subject) -> Iterator[Written]:
    """Return each file that one echo, printf or here-document writes by itself."""
    yield from _documents(subject)
    for command, simple in subject.simple_commands("echo", "printf"):
        names = [one.target.text for one in simple.redirects if one.target and one.operator in (">", "1>", ">|")]
        words = list(simple.arguments)
        while words and simple.program == "echo" and OPTIONS.fullmatch(words[0].text):
            words.pop(0)
        if words and words[0].text == "--":
            words.pop(0)
        if (
            len(names) == 1
            and words
            and words[0].text != "-v"
            and not any(one.block.redirected for one in simple.within)
        ):
            yield Written(command, simple, names[0], words)


def _documents(subject: Subject) -> Iterator[Written]:
    for command, simple in subject.simple_commands("cat", "tee"):
        document = next((one.document for one in simple.redirects if one.document is not None), None)
        names = [one.target.text for one in simple.redirects if one.target and one.operator in (">", "1>", ">|")]
        if simple.program == "tee":
            names = [word.text for word in simple.arguments]
        elif simple.arguments:
            continue
        if document is not None and len(names) == 1:
            yield Written(command, simple, names[0], document=document)


def _formatted(form: str, values: Sequence[str]) -> str:
    left = list(values)
    pieces = []
    while True:
        had = len(left)
        pieces.append(CONVERSION.sub(lambda match: _converted(match, left), _unescaped(form)))
        if not left or len(left) == had:
            return "".join(pieces)


def _converted(match: re.Match[str], left: list[str]) -> str:
    if match[1] is None:
        return "%"
    value = left.pop(0) if left else ""
    return value if match[1] in "sbq" else value or "0"


def _unescaped(text: str) -> str:
    return ESCAPE.sub(_letter, text)


def _letter(match: re.Match[str]) -> str:
    if match[1] is not None:
        return LETTERS[match[1]]
    return chr(int(match[2], 8) % 256) if match[2] is not None else chr(int(match[3], 16))
