"""The log of a build: what commands print, each line masked, kept in a file, and sent to CloudWatch Logs.

Of a secret, only the exact value is found: what a command turns it into (base64, another case) is another string.
See the env section of https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html

It holds a few megabytes of lines at most: a command that prints faster than they can be sent is held up.
"""

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from local_aws.services.codebuild.builds.failures import refusal
from local_aws.services.logs.batches import Batches, Line

MASK = "***"
SHORTEST = 2
"""A single character would blot out the log and hide nothing."""


class Masker:
    """Replaces values; a value of several lines is hidden line by line, since logs are."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def hide(self, values: Iterable[str]) -> None:
        """Add values that may not be shown."""
        lines = {line.strip() for value in values for line in value.splitlines()}
        known = {*self._values, *(line for line in lines if len(line) >= SHORTEST)}
        # A value may hold another one: the longer is replaced first.
        self._values = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return ``text`` with each of the values replaced by ``***``."""
        for value in self._values:
            text = text.replace(value, MASK)
        return text


LONGEST_LINE = 200_000
"""A log event takes 256 KB; a character takes one byte or more, so a line is split well before."""
ATTEMPTS = 3
SECONDS_BETWEEN = 0.25


class LogSink(Protocol):
    """Takes the lines of one build."""

    def write(self, lines: Sequence[Line]) -> None:
        """Take lines; it returns when there is room for them."""

    def close(self) -> None:
        """Hand on what is left."""


class NoSink:
    """For a project whose CloudWatch logs are disabled."""

    def write(self, lines: Sequence[Line]) -> None:
        """Drop the lines."""

    def close(self) -> None:
        """Have nothing left."""


def cloud_watch_sink(client: Any, group: str, stream: str) -> LogSink:  # noqa: ANN401 - botocore makes its clients at run time
    """Send lines to one log stream, a few times a second, under the rights of the client's credentials.

    Lines that the service refuses are lost, as they are on AWS; the local file still has them.
    """

    def send(lines: Sequence[Line]) -> None:
        events = [{"timestamp": moment, "message": f"{line}\n"} for moment, line in lines]
        for _ in range(ATTEMPTS):
            try:
                client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
            except Exception as error:  # noqa: BLE001 - whatever fails between here and the service, the build goes on
                if refusal(error):
                    return
                time.sleep(SECONDS_BETWEEN)
            else:
                return

    return Batches(send, f"log {stream}")


class BuildLog:
    """What a build says. ``event`` is the agent speaking, ``output`` lines of a command."""

    def __init__(self, file: Path, sink: LogSink, mask: Masker, now: Callable[[], float]) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._sink, self._mask, self._now = sink, mask, now
        self._latest = 0
        self._lock = threading.Lock()

    def event(self, text: str) -> None:
        """Write lines of the agent, the first with the time in UTC, as CodeBuild does."""
        moment = datetime.fromtimestamp(self._now(), UTC).strftime("%Y/%m/%d %H:%M:%S.%f")
        self.output(f"[Container] {moment} {text}".split("\n"))

    def output(self, lines: Sequence[str]) -> None:
        """Write lines as they are, but for secrets, none of which has more than one line."""
        # A lone surrogate can't be written as UTF-8, and a log is no place to fail.
        text = self._mask("\n".join(lines)).encode("utf-8", "replace").decode()
        parts = [part for line in text.split("\n") for part in _parts(line)]
        with self._lock:
            if self._file.closed:
                return
            self._file.write("".join(f"{part}\n" for part in parts))
            self._file.flush()
            # PutLogEvents refuses events that are not in the order of time, and a clock may be set back.
            self._latest = max(self._latest, int(self._now() * 1000))
            self._sink.write([(self._latest, part) for part in parts])

    def close(self) -> None:
        """Hand on the last lines."""
        with self._lock:
            self._file.close()
        self._sink.close()


def _parts(line: str) -> Sequence[str]:
    if len(line) <= LONGEST_LINE:
        return (line,)
    return [line[start : start + LONGEST_LINE] for start in range(0, len(line), LONGEST_LINE)]


CHUNK = 65_536
LONGEST_PRINTED = 65_536


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
            if len(waiting) > LONGEST_PRINTED:
                self._lines(waiting + b"\n")
                waiting = b""
        self._lines(waiting + b"\n" if waiting else b"")
        os.close(self._reading)

    def _lines(self, text: bytes) -> None:
        lines = text.decode("utf-8", "replace").split("\n")[:-1]
        if lines:
            self._write([line.rstrip("\r") for line in lines])
