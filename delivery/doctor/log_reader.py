"""Reads a log of any length in bounded memory: of a long one, the end."""

import codecs
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

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
