"""Standard output and error as a command has them: what can't be written any more is told once, and is no traceback."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

OUTPUT, ERROR = 1, 2


class OutputLostError(CannotRunError):
    """Standard output can't be written any more; ``by_reader`` where whoever read it has gone."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Standard output can't be written any more: {os.strerror(number)}.")
        self.by_reader = number == errno.EPIPE


class _Descriptor(io.FileIO):
    """Writes to a descriptor until that fails; from then on, what is written goes nowhere."""

    def __init__(self, number: int, lost: int | None) -> None:
        super().__init__(number, "wb", closefd=False)
        self.lost = lost
        self._number = number
        self._told = False

    def write(self, data: ReadableBuffer, /) -> int:
        if self.lost is None:
            try:
                return self._write(data)
            except OSError as error:
                self.lost = error.errno or errno.EIO
        self.check()
        return memoryview(data).nbytes

    def _write(self, data: ReadableBuffer) -> int:
        while True:
            try:
                return os.write(self._number, data)
            except BlockingIOError:  # somebody has made the descriptor one that does not wait
                select.select([], [self._number], [])

    def check(self) -> None:
        """Raise it once, and nowhere that another error, or an interruption, is about to be told."""
        if self.lost is not None and self._number == OUTPUT and not self._told and sys.exc_info()[1] is None:
            self._told = True
            raise OutputLostError(self.lost)


@contextmanager
def guarded() -> Iterator[None]:
    """Within this, standard output and error are guarded, unless they are no descriptors, as in a test.

    Text that no encoding has is written out, as a file's name may be such text. At the end, what was lost without being
    told is raised.
    """
    closed = _closed()
    before = sys.stdout, sys.stderr
    output = _guard(sys.stdout, OUTPUT, closed)
    error = _guard(sys.stderr, ERROR, closed)
    sys.stdout, sys.stderr = output[0], error[0]
    try:
        yield
        sys.stdout.flush()
        if output[1] is not None:
            output[1].check()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, CannotRunError):
                stream.flush()
        if output[1] is None and error[1] is None:
            sys.stdout, sys.stderr = before


def _closed() -> set[int]:
    """Return which of the three standard descriptors were closed; they are opened, or the next file would take one."""
    closed = set()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            closed.add(number)
    return closed


def _guard(stream: TextIO | None, number: int, closed: set[int]) -> tuple[TextIO, _Descriptor | None]:
    """Return the guarded stream in place of one that belongs to the descriptor, any other one as it is."""
    missing = stream is None or number in closed
    if stream is None:
        stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    elif not isinstance(stream, io.TextIOWrapper) or stream.fileno() != number:
        return stream, None
    descriptor = _Descriptor(number, errno.EBADF if missing else None)
    guarded_stream = io.TextIOWrapper(
        io.BufferedWriter(descriptor), stream.encoding, "backslashreplace", line_buffering=stream.line_buffering
    )
    return guarded_stream, descriptor
