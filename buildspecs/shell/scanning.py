"""Cuts a shell script into words, operators and here-documents; never fails."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from buildspecs.shell.script import Fault, FaultKind
from buildspecs.shell.words import HereDocument, Operator, Piece, PieceKind, Token, Word

OPERATOR = re.compile(r"&&|\|\||;;&|;;|;&|\|&|&>>|&>|\d*(?:<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)|[;|&()\n]")
REDIRECTION = re.compile(r"(?:\d*[<>]|&>)")
SPECIAL_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
ESCAPED_IN_DOUBLE = '$`"\\\n'
ARRAY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
MOST_SEARCHES = 20
"""How often the end of an arithmetic is looked for in vain; a text of brackets alone would take for ever."""

ENDS_WORD = " \t\r\n;|&()<>"


@dataclass
class Scanner:
    """The state of one cut; ``tokens`` and ``faults`` are what comes of it."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _at: int = 0
    _line: int = 1
    _searches: int = 0
    _pieces: list[Piece] = field(default_factory=list)
    _awaited: list[tuple[Word, bool]] = field(default_factory=list)

    def scan(self) -> Sequence[Token]:
        """Cut the whole text."""
        while self._at < len(self.text):
            if not self._blank():
                self._token()
        for delimiter, _strip in self._awaited:
            self.faults.append(Fault(FaultKind.HERE_DOCUMENT, delimiter.text, delimiter.line))
        return self.tokens

    def _blank(self) -> bool:
        letter = self.text[self._at]
        if letter in " \t\r":
            self._at += 1
        elif self.text.startswith("\\\n", self._at):
            self._at += 2
            self._line += 1
        elif letter == "#":
            end = self.text.find("\n", self._at)
            self._at = len(self.text) if end < 0 else end
        else:
            return False
        return True

    def _token(self) -> None:
        if self.text.startswith("((", self._at) and (end := self._arithmetic_end(self._at)) >= 0:
            self._arithmetic(end)
            return
        match = OPERATOR.match(self.text, self._at)
        if match and not self._is_process_substitution(match[0]):
            self._operator(match[0])
        else:
            self._word()

    def _is_process_substitution(self, operator: str) -> bool:
        return operator in ("<", ">") and self.text.startswith("(", self._at + 1)

    def _arithmetic_end(self, start: int) -> int:
        if self._searches >= MOST_SEARCHES:
            return -1
        end = closing_at(self.text, start + 1, ")")
        self._searches += end < 0
        return end + 1 if end >= 0 and self.text[end - 1] == ")" else -1

    def _arithmetic(self, end: int) -> None:
        written = self.text[self._at : end]
        self.tokens.append(Word(written, (Piece(PieceKind.PLAIN, written, self._line),), self._line))
        self._line += written.count("\n")
        self._at = end

    def _operator(self, text: str) -> None:
        self.tokens.append(Operator(text, self._line))
        self._at += len(text)
        if text == "\n":
            self._line += 1
            self._documents()

    def _documents(self) -> None:
        for delimiter, strip in self._awaited:
            lines: list[str] = []
            start = self._line
            while self._at < len(self.text):
                end = self.text.find("\n", self._at)
                end = len(self.text) if end < 0 else end
                line = self.text[self._at : end]
                self._at = min(end + 1, len(self.text))
                self._line += 1
                if (line.lstrip("\t") if strip else line) == delimiter.text:
                    break
                lines.append(line)
            else:
                self.faults.append(Fault(FaultKind.HERE_DOCUMENT, delimiter.text, delimiter.line))
            self.tokens.append(HereDocument("\n".join(lines), start, not delimiter.quoted))
        self._awaited = []

    def _word(self) -> None:
        start, line = self._at, self._line
        self._pieces = []
        while self._at < len(self.text) and (
            self.text[self._at] not in ENDS_WORD
            or (self._is_process_substitution(self.text[self._at]) and self._at == start)
        ):
            self._piece()
            if self.text.startswith("(", self._at) and ARRAY.fullmatch(self.text, start, self._at):
                end = closing_at(self.text, self._at + 1, ")")
                end = len(self.text) if end < 0 else end + 1
                self._keep(PieceKind.PLAIN, self.text[self._at : end], end)
        word = Word(self.text[start : self._at], tuple(self._pieces), line)
        before = self.tokens[-1] if self.tokens else None
        if isinstance(before, Operator) and before.text.lstrip("0123456789") in ("<<", "<<-"):
            self._awaited.append((word, before.text.endswith("-")))
        self.tokens.append(word)

    def _piece(self) -> None:
        letter = self.text[self._at]
        if letter == "\\":
            self._escape()
        elif letter == "'":
            self._single(1)
        elif letter == '"':
            self._double()
        elif self.text.startswith("$'", self._at):
            self._single(2)
        elif letter in "<>":
            self._substitution()
        elif letter in "$`":
            self._expansion()
        else:
            end = self._at + 1
            while end < len(self.text) and self.text[end] not in ENDS_WORD and self.text[end] not in "\\'\"$`":
                end += 1
            self._keep(PieceKind.PLAIN, self.text[self._at : end], end)

    def _keep(self, kind: PieceKind, text: str, end: int, inner: str = "") -> None:
        self._pieces.append(Piece(kind, text, self._line, inner))
        self._line += self.text.count("\n", self._at, end)
        self._at = end

    def _escape(self) -> None:
        following = self.text[self._at + 1 : self._at + 2]
        self._keep(PieceKind.PLAIN, "" if following == "\n" else following, self._at + 1 + len(following))

    def _single(self, opening: int) -> None:
        end = self.text.find("'", self._at + opening)
        if end < 0:
            self.faults.append(Fault(FaultKind.QUOTE, "'", self._line))
        content = self.text[self._at + opening : end if end >= 0 else len(self.text)]
        self._keep(PieceKind.SINGLE, content, len(self.text) if end < 0 else end + 1)

    def _double(self) -> None:
        line, had = self._line, len(self._pieces)
        self._at += 1
        while self._at < len(self.text) and self.text[self._at] != '"':
            if self.text[self._at] == "\\":
                following = self.text[self._at + 1 : self._at + 2]
                kept = "" if following == "\n" else following if following in ESCAPED_IN_DOUBLE else "\\" + following
                self._keep(PieceKind.DOUBLE, kept, self._at + 1 + len(following))
            elif self.text[self._at] in "$`":
                self._expansion()
            else:
                end = self._at + 1
                while end < len(self.text) and self.text[end] not in '\\"$`':
                    end += 1
                self._keep(PieceKind.DOUBLE, self.text[self._at : end], end)
        if self._at >= len(self.text):
            self.faults.append(Fault(FaultKind.QUOTE, '"', line))
        if len(self._pieces) == had:
            self._pieces.append(Piece(PieceKind.DOUBLE, "", line))
        self._at += 1

    def _expansion(self) -> None:
        if self.text[self._at] == "`":
            self._backticks()
        elif self.text.startswith("$((", self._at) and (end := self._arithmetic_end(self._at + 1)) >= 0:
            self._keep(PieceKind.EXPANSION, self.text[self._at : end], end)
        elif self.text.startswith("$(", self._at):
            self._substitution()
        elif self.text.startswith("${", self._at):
            self._braces()
        elif match := SPECIAL_PARAMETER.match(self.text, self._at + 1):
            self._keep(PieceKind.EXPANSION, self.text[self._at : match.end()], match.end())
        else:
            self._keep(PieceKind.PLAIN, "$", self._at + 1)

    def _backticks(self) -> None:
        end = self._at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            self.faults.append(Fault(FaultKind.SUBSTITUTION, "`", self._line))
        inner = self.text[self._at + 1 : end].replace("\\`", "`")
        end = min(end + 1, len(self.text))
        self._keep(PieceKind.SUBSTITUTION, self.text[self._at : end], end, inner)

    def _substitution(self) -> None:
        end = closing_at(self.text, self._at + 2, ")")
        if end < 0:
            self.faults.append(Fault(FaultKind.SUBSTITUTION, self.text[self._at : self._at + 2], self._line))
        inner = self.text[self._at + 2 : end if end >= 0 else len(self.text)]
        end = len(self.text) if end < 0 else end + 1
        self._keep(PieceKind.SUBSTITUTION, self.text[self._at : end], end, inner)

    def _braces(self) -> None:
        end = closing_at(self.text, self._at + 2, "}")
        if end < 0:
            self.faults.append(Fault(FaultKind.SUBSTITUTION, "${", self._line))
        end = len(self.text) if end < 0 else end + 1
        self._keep(PieceKind.EXPANSION, self.text[self._at : end], end)


CLOSES = {"(": ")", "{": "}"}


def closing_at(text: str, start: int, closing: str) -> int:
    """Return where the bracket that was opened before ``start`` is closed, quotes heeded; -1 when it is not."""
    awaited, index = [closing], start
    while index < len(text):
        letter, top = text[index], awaited[-1]
        if letter == "\\" and top != "'":
            index += 1
        elif letter == top:
            awaited.pop()
            if not awaited:
                return index
        elif top == "'":
            pass
        elif letter == '"' or (letter == "'" and top != '"'):
            awaited.append(letter)
        elif letter in CLOSES and (text[index - 1] == "$" or CLOSES[letter] == top):
            awaited.append(CLOSES[letter])
        index += 1
    return -1


def is_redirection(operator: str) -> bool:
    """Report the operators that take a file from those that join commands."""
    return bool(REDIRECTION.match(operator))
