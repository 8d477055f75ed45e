"""The log of a build: every line masked, kept in a file, and sent to CloudWatch Logs while the build runs."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from local_aws.builds.masking import Masker

FLUSH_SECONDS = 0.25
MOST_EVENTS = 500
MOST_BYTES = 900_000
"""PutLogEvents takes 1,048,576 bytes and 10,000 events a call."""
LONGEST_LINE = 200_000
"""A log event takes 256 KB; a character takes one byte or more, so a line is split well before."""
LAST_ATTEMPTS = 3

Event = tuple[int, str]
"""A time in milliseconds since the epoch, and a line."""


class LogSink(Protocol):
    """Takes the lines of one build."""

    def write(self, event: Event) -> None:
        """Take one line; it returns at once."""

    def close(self) -> None:
        """Hand on what is left."""


class NoSink:
    """For a project whose CloudWatch logs are disabled."""

    def write(self, event: Event) -> None:
        """Drop the line."""

    def close(self) -> None:
        """Have nothing left."""


class CloudWatchSink:
    """Sends lines to one log stream, a few times a second, under the rights of the client's credentials."""

    def __init__(self, client: Any, group: str, stream: str) -> None:  # noqa: ANN401 - botocore makes its clients at run time
        self._client, self._group, self._stream = client, group, stream
        self._waiting: list[Event] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._send_until_closed, daemon=True, name=f"log {stream}")
        self._thread.start()

    def write(self, event: Event) -> None:
        """Put one line into the queue."""
        with self._lock:
            self._waiting.append(event)

    def close(self) -> None:
        """Send what waits; a service that refuses to the end loses those lines, which the local file still has."""
        self._closed.set()
        self._thread.join()
        for _ in range(LAST_ATTEMPTS):
            if self._send():
                return

    def _send_until_closed(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            self._send()

    def _send(self) -> bool:
        while batch := self._batch():
            events = [{"timestamp": time, "message": f"{line}\n"} for time, line in batch]
            try:
                self._client.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=events)
            except Exception:  # noqa: BLE001 - whatever fails between here and the service, the lines wait for the next try
                return False
            with self._lock:
                del self._waiting[: len(batch)]
        return True

    def _batch(self) -> Sequence[Event]:
        with self._lock:
            size, count = 0, 0
            for _, line in self._waiting[:MOST_EVENTS]:
                size += len(line.encode()) + 27
                if count and size > MOST_BYTES:
                    break
                count += 1
            return self._waiting[:count]


class BuildLog:
    """What a build says. ``event`` is the agent speaking, ``output`` a line of a command."""

    def __init__(self, file: Path, sink: LogSink, mask: Masker, now: Callable[[], float]) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._sink, self._mask, self._now = sink, mask, now
        self._lock = threading.Lock()

    def event(self, text: str) -> None:
        """Write a line of the agent, with the time in UTC, as CodeBuild does."""
        time = datetime.fromtimestamp(self._now(), UTC).strftime("%Y/%m/%d %H:%M:%S.%f")
        first, *rest = text.split("\n")
        self.output(f"[Container] {time} {first}")
        for line in rest:
            self.output(line)

    def output(self, line: str) -> None:
        """Write a line as it is, but for secrets."""
        masked = self._mask(line)
        for start in range(0, max(1, len(masked)), LONGEST_LINE):
            self._write(masked[start : start + LONGEST_LINE])

    def _write(self, line: str) -> None:
        with self._lock:
            if self._file.closed:
                return
            # A lone surrogate can't be written as UTF-8, and a log is no place to fail.
            text = line.encode("utf-8", "replace").decode()
            self._file.write(f"{text}\n")
            self._file.flush()
            self._sink.write((int(self._now() * 1000), text))

    def close(self) -> None:
        """Hand on the last lines."""
        with self._lock:
            self._file.close()
        self._sink.close()
