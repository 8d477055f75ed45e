"""Carries what commands print to the log, line by line, in the order of printing."""

import os
import threading
import uuid
from collections.abc import Callable, Sequence

CHUNK = 65_536
LONGEST_LINE = 65_536


class Output:
    """One pipe for all commands of a build.

    A command may leave processes behind that go on printing, so the end of the pipe can't tell that a command is done:
    ``settle`` puts a mark of its own into the pipe and waits until the reader has met it.
    """

    def __init__(self, write: Callable[[Sequence[str]], None]) -> None:
        self._write = write
        self._reading, self.descriptor = os.pipe()
        self._mark = b"\0" + uuid.uuid4().hex.encode() + b"\0"
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True, name="build output")
        self._thread.start()

    def settle(self) -> None:
        """Wait until everything printed so far is in the log."""
        self._settled.clear()
        os.write(self.descriptor, self._mark)
        self._settled.wait()

    def close(self) -> None:
        """End the reading; a process that can't be killed doesn't hold this up."""
        self.settle()
        os.close(self.descriptor)
        self._thread.join(1.0)

    def _read(self) -> None:
        waiting = b""
        while chunk := os.read(self._reading, CHUNK):
            waiting += chunk
            while self._mark in waiting:
                before, _, waiting = waiting.partition(self._mark)
                self._lines(before + b"\n" if before and not before.endswith(b"\n") else before)
                self._settled.set()
            complete, newline, rest = waiting.rpartition(b"\n")
            if newline and b"\0" not in rest:
                self._lines(complete + newline)
                waiting = rest
            if len(waiting) > LONGEST_LINE:
                self._lines(waiting + b"\n")
                waiting = b""
        self._lines(waiting + b"\n" if waiting else b"")
        os.close(self._reading)

    def _lines(self, text: bytes) -> None:
        lines = text.decode("utf-8", "replace").split("\n")[:-1]
        if lines:
            self._write([line.rstrip("\r") for line in lines])
