"""The words of a shell script, and what their quotes do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

EXPANDED_NAME = re.compile(r"\$(?:\{[#!]?)?([A-Za-z_][A-Za-z0-9_]*)")


class PieceKind(StrEnum):
    """How a part of a word is written."""

    PLAIN = "plain"
    SINGLE = "single quotes"
    DOUBLE = "double quotes"
    EXPANSION = "expansion"
    """``$NAME``, ``${...}``, ``$((...))``, in double quotes or in none."""
    SUBSTITUTION = "substitution"
    """``$(...)`` and the text between backticks."""


@dataclass(frozen=True)
class Piece:
    """A part of a word: ``text`` without quotes; an expansion or substitution as it is written.

    ``inner`` is the script of a substitution, ``line`` where that begins, counted from 1.
    """

    kind: PieceKind
    text: str
    line: int
    inner: str = ""


@dataclass(frozen=True)
class Word:
    """One word. ``written`` has its quotes; ``line`` counts from 1 within the script."""

    written: str
    pieces: tuple[Piece, ...]
    line: int

    @cached_property
    def text(self) -> str:
        """The word without quotes; what would be expanded stands as it is written."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def quoted(self) -> bool:
        """Return whether any of it stands in quotes."""
        return self.written != self.text

    @cached_property
    def literal(self) -> bool:
        """Return whether the word is the same in every run."""
        return not any(piece.kind in (PieceKind.EXPANSION, PieceKind.SUBSTITUTION) for piece in self.pieces)

    def replaced(self, stand_in: str) -> str:
        """Return the text with ``stand_in`` for all that is only known in a run."""
        known = (PieceKind.PLAIN, PieceKind.SINGLE, PieceKind.DOUBLE)
        return "".join(piece.text if piece.kind in known else stand_in for piece in self.pieces)

    def variables(self) -> Iterator[str]:
        """Return the names of variables whose values come into the word, not through a substitution."""
        for piece in self.pieces:
            if piece.kind is PieceKind.EXPANSION:
                yield from EXPANDED_NAME.findall(piece.text)


@dataclass(frozen=True)
class Operator:
    """``&&``, ``||``, ``|``, ``|&``, ``;``, ``;;``, ``&``, ``(``, ``)``, a newline, or a redirection."""

    text: str
    line: int


@dataclass(frozen=True)
class HereDocument:
    """The text between ``<<DELIMITER`` and the delimiter; ``expanded`` when the delimiter has no quotes."""

    text: str
    line: int
    expanded: bool


Token = Word | Operator | HereDocument
