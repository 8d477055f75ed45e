"""A shell script as a flat list of its simple commands, each knowing what stands around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from buildspecs.shell.words import HereDocument, Word

WRAPPERS = {"sudo", "env", "nohup", "exec", "command", "builtin", "time", "nice", "timeout", "stdbuf", "xargs", "!"}
"""Programs that run the command which follows their own options."""

WITH_VALUE = {
    "sudo": {"-u", "-g"},
    "env": {"-u"},
    "nice": {"-n"},
    "timeout": {"-k", "-s"},
    "xargs": {"-I", "-n", "-P", "-L", "-d", "-E", "-a", "-s"},
}
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")


class FaultKind(StrEnum):
    """What a shell would stumble over."""

    QUOTE = "unclosed quote"
    SUBSTITUTION = "unclosed substitution"
    HERE_DOCUMENT = "unfinished here-document"
    OPEN = "unfinished construct"
    STRAY = "end of a construct that was not begun"


@dataclass(frozen=True)
class Fault:
    """``text`` is the quote, delimiter or reserved word that it is about."""

    kind: FaultKind
    text: str
    line: int


@dataclass(eq=False)
class Block:
    """``if``, ``while``, ``until``, ``for``, ``case``, ``(``, ``{``, ``function``, ``$(``, ``sh -c`` or ``timeout``.

    ``after`` is the operator after its end; ``redirected`` tells whether its input or output goes elsewhere.
    ``timeout`` is a ``sh -c`` under a time limit.
    """

    kind: str
    line: int
    after: str = ""
    redirected: bool = False


@dataclass(frozen=True)
class Redirect:
    """``operator`` such as ``>`` or ``2>&``; ``target`` is None for a here-document."""

    operator: str
    target: Word | None
    document: HereDocument | None = None


@dataclass(frozen=True)
class Enclosure:
    """A block around a command; ``in_condition`` tells the condition of ``if`` and loops from their bodies."""

    block: Block
    in_condition: bool


@dataclass(frozen=True)
class SimpleCommand:
    """A program and its arguments. ``before`` and ``after`` are the operators that join it to its neighbours."""

    words: tuple[Word, ...]
    assignments: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int
    before: str
    after: str
    within: tuple[Enclosure, ...]

    @cached_property
    def _start(self) -> int:
        index = 0
        while index < len(self.words) and (wrapper := self.words[index].text) in WRAPPERS:
            index = _after_options(self.words, index + 1, WITH_VALUE.get(wrapper, set()))
            while wrapper in ("env", "sudo") and index < len(self.words) and ASSIGNMENT.match(self.words[index].text):
                index += 1
            index += wrapper == "timeout"
        return index

    @cached_property
    def program(self) -> str:
        """The program's name without its folder; empty when there is none, or only a run tells."""
        if self._start >= len(self.words) or not self.words[self._start].literal:
            return ""
        return self.words[self._start].text.rpartition("/")[2]

    @property
    def arguments(self) -> tuple[Word, ...]:
        """The words after the program."""
        return self.words[self._start + 1 :]

    @property
    def wrappers(self) -> tuple[str, ...]:
        """The programs that run it, such as sudo and timeout."""
        return tuple(word.text for word in self.words[: self._start] if word.text in WRAPPERS)

    @property
    def piped(self) -> bool:
        """Return whether its output goes to another command, a file or a variable."""
        to_file = any(_is_of_output(redirect) for redirect in self.redirects)
        captured = any(one.block.kind == "$(" or one.block.redirected for one in self.within)
        return to_file or captured or self.after in ("|", "|&") or any(one.block.after == "|" for one in self.within)

    def options(self) -> Iterator[str]:
        """Return the arguments that begin with a dash, as they are written, up to ``--``."""
        for word in self.arguments:
            if word.text == "--":
                return
            if word.text.startswith("-"):
                yield word.text


@dataclass(frozen=True)
class Script:
    """All simple commands in the order of the text, those of substitutions and of ``sh -c`` among them."""

    commands: tuple[SimpleCommand, ...]
    blocks: tuple[Block, ...]
    faults: tuple[Fault, ...]

    def inside(self, block: Block, *, in_condition: bool) -> Sequence[SimpleCommand]:
        """Return the commands of a block's condition, or of its body."""
        return [
            command
            for command in self.commands
            if any(one.block is block and one.in_condition == in_condition for one in command.within)
        ]


@dataclass
class Draft:
    """A simple command that is being read."""

    words: list[Word] = field(default_factory=list)
    assignments: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Return whether a reserved word would be one here."""
        return not (self.words or self.assignments)

    def add(self, word: Word) -> None:
        """Take a word."""
        (self.assignments if not self.words and ASSIGNMENT.match(word.written) else self.words).append(word)


def _after_options(words: Sequence[Word], index: int, with_value: set[str]) -> int:
    while index < len(words) and words[index].text.startswith("-"):
        index += 2 if words[index].text in with_value else 1
    return index


def _is_of_output(redirect: Redirect) -> bool:
    if redirect.target is None or redirect.operator.startswith(("<", "2")):
        return False
    return redirect.target.text not in ("2", "/dev/stderr", "/dev/stdout", "/dev/tty")
