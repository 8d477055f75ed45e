"""Finds the causes that a log names, of whichever service it is and however long: of a long one, the end is read."""

import codecs
import os
import re
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from delivery.aws.errors import LONGEST_QUOTE, quoted
from delivery.causes import search
from delivery.causes.search import RELEASE, STACK
from reporting.errors import CannotRunError
from reporting.printable import printable

CHUNK = 1 << 20
MOST_CHUNKS = 4
"""How much of the log's end is searched: chunks, so 4 MB."""

LONGEST = 2 << 30
"""Bytes after which a log is taken for one without an end."""

STDIN = "-"
BEGIN = 8192
"""Bytes by which text is told from what is none."""

MOST_CONTROLS = 0.1
_TEXT_CONTROLS = b"\t\n\r\f\b\x1b"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How a file begins that PowerShell wrote."""


@dataclass(frozen=True)
class Log:
    """The lines that are searched, without escape sequences. ``skipped`` counts those before them."""

    lines: list[str]
    skipped: int


def read(path: str) -> Log:
    """Read the log at ``path``, or standard input for ``-``; what can't be read as text raises ``CannotRunError``."""
    with _opened(path) as stream:
        kept, skipped, begin = _tail(path, stream)
    if begin.startswith(UTF_16):
        coding = "utf-16-le" if begin.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    else:
        coding = "utf-8"
        _refuse_binary(path, begin)
    lines = [printable(line) for line in kept.decode(coding, "replace").lstrip("\ufeff").splitlines()]
    if not any(line.strip() for line in lines):
        raise CannotRunError(f"{_shown(path)}: it is empty; name a file with what the build or the service wrote.")
    return Log(lines, skipped)


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    if path == STDIN:
        if sys.stdin is None:
            raise CannotRunError("--log -: standard input is closed; name a file.")
        if sys.stdin.isatty():
            print("Paste the log, then press Ctrl-D on a line of its own.", file=sys.stderr, flush=True)
        with os.fdopen(sys.stdin.fileno(), "rb", closefd=False) as stream:
            yield stream
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a named pipe without a writer does not hold it up
        os.set_blocking(descriptor, True)
        with os.fdopen(descriptor, "rb") as stream:
            yield stream
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRunError(
            f"{_shown(path)}: it can't be read: {reason}; name a text file, or - for standard input."
        ) from None


def _tail(path: str, stream: IO[bytes]) -> tuple[bytes, int, bytes]:
    """Return the end of the stream, how many lines come before it, and how it begins."""
    chunks: deque[bytes] = deque()
    begin, length, skipped = b"", 0, 0
    while chunk := stream.read(CHUNK):
        begin = begin or chunk[:BEGIN]
        length += len(chunk)
        chunks.append(chunk)
        if len(chunks) > MOST_CHUNKS:
            skipped += chunks.popleft().count(b"\n")
        if length > LONGEST or (b"\0" in begin and not begin.startswith(UTF_16)):
            break
    if length > LONGEST:
        sentence = f"{_shown(path)}: it is longer than {LONGEST >> 30} GB; pass the part around the failure."
        raise CannotRunError(sentence)
    return b"".join(chunks), skipped, begin


def _refuse_binary(path: str, begin: bytes) -> None:
    controls = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in begin)
    if b"\0" in begin or controls > MOST_CONTROLS * len(begin):
        raise CannotRunError(f"{_shown(path)}: it is not text; unpack it first, or copy the log out of the console.")


def _shown(path: str) -> str:
    return "standard input" if path == STDIN else printable(path)


MOST_CAUSES = 4
MOST_LINES = 5
A_FEW_LINES = 5
"""So many lines are a reason that was copied, not a log."""

_OF_A_STACK = re.compile(
    r"_FAILED\b|ROLLBACK_(IN_PROGRESS|COMPLETE)|HandlerErrorCode|Resource handler returned|AWS::CloudFormation::"
)
"""What only CloudFormation writes, but for a build's own word for the state of a phase."""

_OF_A_BUILD = re.compile(r"^\[Container\] |\bPhase (complete|is): ?", re.MULTILINE)
_HARMLESS = re.compile(
    r"\b(CREATE|UPDATE|DELETE|IMPORT)_(COMPLETE|IN_PROGRESS)\b|Resource (creation|update) cancelled"
    r"|following resource\(s\) failed to"
)
"""Events of a stack that are no first cause."""

_RECORD = re.compile(r"[^{}\n]+")
"""A line, or one of the objects of JSON that stand in the same line."""

_BEFORE = 80
"""Characters of a very long line that are shown before what names the cause."""

_TELLING = re.compile(
    r"(?i)\b(error|fatal|failed|failure|exception|denied|refused|rejected|cannot|can't|unable|invalid|missing)\b"
)


@dataclass(frozen=True)
class Line:
    """A line of the log by its number, from 1, cut where it is very long."""

    number: int
    text: str


@dataclass(frozen=True)
class NamedCause:
    """A cause, and the line that names it."""

    line: Line
    cause: search.Found


def find(log: Log) -> list[NamedCause]:
    """Return the causes that the log names, the likely one first, each line's once."""
    text = "\n".join(log.lines)
    of_stack = _OF_A_STACK.search(text) is not None and not _OF_A_BUILD.search(text)
    if of_stack:
        text = _RECORD.sub(lambda record: " " * len(record[0]) if _HARMLESS.search(record[0]) else record[0], text)
        orders: list[tuple[str, ...]] = [(*STACK, *RELEASE[1:])]
    else:
        orders = [(*RELEASE, "cloudformation")]
        orders += [("stack_failures",)] if len(log.lines) <= A_FEW_LINES else []
    for order in orders:
        found = list(_one_a_line(log, text, order))
        if found:
            return found[:MOST_CAUSES]
    return []


def _one_a_line(log: Log, text: str, order: tuple[str, ...]) -> Iterator[NamedCause]:
    told: set[int] = set()
    for cause in search.every(text, order):
        index = text.count("\n", 0, cause.place)
        if index not in told:
            told.add(index)
            yield NamedCause(_line(log, index, cause.place - text.rfind("\n", 0, cause.place) - 1), cause)


def telling_lines(log: Log) -> list[Line]:
    """Return the first lines that speak of a fault; of a log without any, the last lines."""
    found = [index for index, line in enumerate(log.lines) if _TELLING.search(line)][:MOST_LINES]
    written = [index for index, line in enumerate(log.lines) if line.strip()]
    return [_line(log, index) for index in found or written[-MOST_LINES:]]


def _line(log: Log, index: int, at: int = 0) -> Line:
    """Return a line; of a very long one, the part around the character ``at``."""
    begin = at - _BEFORE if at > LONGEST_QUOTE else 0
    return Line(log.skipped + index + 1, f"{'... ' if begin else ''}{quoted(log.lines[index][begin:])}")
