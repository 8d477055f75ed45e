"""Joins the words of a script to simple commands, and keeps account of the constructs around them."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from buildspecs.shell.scanning import Scanner, is_redirection
from buildspecs.shell.script import (
    Block,
    Draft,
    Enclosure,
    Fault,
    FaultKind,
    Redirect,
    Script,
    SimpleCommand,
)
from buildspecs.shell.words import HereDocument, Operator, PieceKind, Token, Word

OPENING = {"if": "fi", "while": "done", "until": "done", "for": "done", "select": "done", "case": "esac", "{": "}"}
CLOSING = {"fi", "done", "esac", "}"}
WITH_CONDITION = ("if", "while", "until")
SHELLS = {"sh", "bash", "dash", "ash", "zsh"}
WITH_SCRIPT = re.compile("-[a-z]*c")
DEEPEST = 8
"""Scripts within scripts; deeper ones are not looked into."""

MOST_OPEN = 100
"""Constructs within constructs; deeper ones are not told apart."""


@lru_cache(maxsize=2048)
def parse(text: str, line: int = 1) -> Script:
    """Read a script, whose first line is given the number ``line``."""
    parser = _Parser(line - 1, (), 0)
    parser.read(text)
    return Script(tuple(parser.commands), tuple(parser.blocks), tuple(parser.faults))


@dataclass
class _Open:
    """A block that is not closed yet."""

    block: Block
    closing: str
    in_condition: bool
    in_pattern: bool = False


@dataclass
class _Parser:
    lines_above: int
    outside: tuple[Enclosure, ...]
    depth: int
    commands: list[SimpleCommand] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _draft: Draft = field(default_factory=Draft)
    _before: str = ""
    _closed: Block | None = None
    _function: bool = False
    _redirection: str = ""

    def read(self, text: str) -> None:
        scanner = Scanner(text)
        tokens = [*scanner.scan(), Operator("\n", text.count("\n") + 1)]
        for fault in scanner.faults:
            self._fault(fault.kind, fault.text, fault.line)
        for token in tokens:
            self._take(token)
        for one in self._open:
            self._fault(FaultKind.OPEN, one.block.kind, one.block.line - self.lines_above)

    def _fault(self, kind: FaultKind, text: str, line: int) -> None:
        self.faults.append(Fault(kind, text, line + self.lines_above))

    def _take(self, token: Token) -> None:
        if isinstance(token, HereDocument):
            self._document(token)
        elif self._in_pattern(token):
            return
        elif isinstance(token, Operator):
            self._operator(token)
        elif self._redirection:
            self._redirect(token)
        elif (self._draft.empty or self._function) and not token.quoted and self._reserved(token):
            return
        else:
            self._closed = None
            self._draft.add(token)
            if token.text == "in" and self._draft.words[0].text == "case":
                self._flush(";")

    def _in_pattern(self, token: Token) -> bool:
        if not (self._open and self._open[-1].in_pattern):
            return False
        if isinstance(token, Word) and token.text == "esac":
            self._open[-1].in_pattern = False
            return False
        if isinstance(token, Operator) and token.text == ")":
            self._open[-1].in_pattern = False
        return True

    def _operator(self, token: Operator) -> None:
        in_test = bool(self._draft.words) and self._draft.words[0].text == "[["
        if in_test and self._draft.words[-1].text != "]]" and token.text != "\n":
            return
        if is_redirection(token.text):
            self._redirection = token.text
        elif token.text == "(":
            self._parenthesis(token)
        else:
            self._flush(token.text)
            if token.text == ")":
                self._close(")", token.line)
            elif token.text in (";;", ";&", ";;&") and self._open and self._open[-1].block.kind == "case":
                self._open[-1].in_pattern = True

    def _parenthesis(self, token: Operator) -> None:
        if self._draft.empty:
            self._push("(", ")", token.line)
        elif len(self._draft.words) == 1:
            # A function's name: what it does follows in braces, and runs when it is called.
            self._draft = Draft()
            self._function = True
            self._push("(", ")", token.line)

    def _redirect(self, word: Word) -> None:
        operator, self._redirection = self._redirection, ""
        is_document = operator.lstrip("0123456789") in ("<<", "<<-")
        redirect = Redirect(operator, None if is_document else word)
        if self._closed is not None and self._draft.empty:
            self._closed.redirected = True
        else:
            self._draft.redirects.append(redirect)
        self._substitutions(word)

    def _document(self, document: HereDocument) -> None:
        # It comes after the end of its line: the command that awaits it is the last one that has a place for it.
        for index in range(len(self.commands) - 1, -1, -1):
            command = self.commands[index]
            waiting = [one for one in command.redirects if one.target is None and one.document is None]
            if waiting:
                filled = Redirect(waiting[0].operator, None, document)
                redirects = tuple(filled if one is waiting[0] else one for one in command.redirects)
                self.commands[index] = replace(command, redirects=redirects)
                return

    def _reserved(self, word: Word) -> bool:
        text = word.text
        if text in OPENING:
            self._begin(word)
        elif text in CLOSING:
            self._close(text, word.line)
        elif text in ("then", "do", "else", "elif"):
            if self._open:
                self._open[-1].in_condition = text == "elif"
            else:
                self._fault(FaultKind.STRAY, text, word.line)
        elif text == "function":
            self._function = True
        else:
            return False
        return True

    def _begin(self, word: Word) -> None:
        kind = "function" if word.text == "{" and self._function else word.text
        if kind in ("{", "function"):
            self._function = False
            self._draft = Draft()
        self._push(kind, OPENING[word.text], word.line)
        if kind in ("for", "select", "case"):
            self._draft.words.append(word)

    def _push(self, kind: str, closing: str, line: int) -> None:
        if len(self._open) >= MOST_OPEN:
            return
        block = Block(kind, line + self.lines_above)
        self.blocks.append(block)
        self._open.append(_Open(block, closing, kind in WITH_CONDITION))
        self._before = ""

    def _close(self, closing: str, line: int) -> None:
        if self._open and self._open[-1].closing == closing:
            self._closed = self._open.pop().block
        else:
            self._fault(FaultKind.STRAY, closing, line)

    def _flush(self, operator: str) -> None:
        draft, self._draft, self._redirection = self._draft, Draft(), ""
        if self._closed is not None and draft.empty:
            if operator != "\n" or not self._closed.after:
                self._closed.after = operator
            self._closed = None if operator != "\n" else self._closed
        if draft.words and draft.words[0].text == "case" and self._open and not draft.words[0].quoted:
            self._open[-1].in_pattern = True
        if not draft.empty or draft.redirects:
            self._add(draft, operator)
        elif operator == "\n":
            return
        self._before = operator

    def _add(self, draft: Draft, operator: str) -> None:
        words = (*draft.assignments, *draft.words)
        if self._function:
            return
        line = words[0].line if words else 1
        within = self._enclosures()
        self.commands.append(
            SimpleCommand(
                tuple(draft.words),
                tuple(draft.assignments),
                tuple(draft.redirects),
                line + self.lines_above,
                self._before,
                operator,
                within,
            )
        )
        script = self._nested(self.commands[-1])
        for word in words:
            if word is not script:
                self._substitutions(word)

    def _enclosures(self) -> tuple[Enclosure, ...]:
        return (*self.outside, *(Enclosure(one.block, one.in_condition) for one in self._open))

    def _substitutions(self, word: Word) -> None:
        for piece in word.pieces:
            if piece.kind is PieceKind.SUBSTITUTION:
                self._inner(piece.inner, piece.line, "$(")

    def _nested(self, command: SimpleCommand) -> Word | None:
        if command.program not in SHELLS:
            return None
        words = iter(command.arguments)
        next((word for word in words if WITH_SCRIPT.fullmatch(word.text)), None)
        script = next(words, None)
        if script is not None:
            self._inner(script.text, script.line, "timeout" if "timeout" in command.wrappers else "sh -c")
        return script

    def _inner(self, text: str, line: int, kind: str) -> None:
        if self.depth >= DEEPEST:
            return
        block = Block(kind, line + self.lines_above)
        inside = (*self._enclosures(), Enclosure(block, in_condition=False))
        parser = _Parser(line - 1 + self.lines_above, inside, self.depth + 1)
        parser.read(text)
        self.blocks += [block, *parser.blocks]
        self.commands += parser.commands
        self.faults += parser.faults
