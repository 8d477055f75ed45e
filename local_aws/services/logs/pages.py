"""Pages of events, as GetLogEvents and FilterLogEvents give them, the tokens between them, and the ids of events.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

import heapq
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from local_aws.platform.service import ServiceError
from local_aws.services.logs.event_file import LATEST, Event, EventFile, Stream


def merged(
    connection: sqlite3.Connection, streams: Sequence[Stream], after: tuple[int, int], end: int
) -> Iterator[Event]:
    """Yield the events after (timestamp, sequence) and before ``end``, one at a time.

    A stream is opened when the time of its first event has come, so that a group with thousands of them costs only what
    is read.
    """
    waiting = sorted((one for one in streams if one.last >= after[0]), key=lambda one: one.first, reverse=True)
    open_streams: list[tuple[Event, int, Iterator[Event]]] = []
    while waiting or open_streams:
        while waiting and (not open_streams or waiting[-1].first <= open_streams[0][0].timestamp):
            stream = waiting.pop()
            _push(open_streams, stream.id, _events(connection, stream.id, after, end))
        if open_streams:
            event, stream_id, rest = heapq.heappop(open_streams)
            yield event
            _push(open_streams, stream_id, rest)


def _push(open_streams: list[tuple[Event, int, Iterator[Event]]], stream: int, events: Iterator[Event]) -> None:
    event = next(events, None)
    if event is not None:
        heapq.heappush(open_streams, (event, stream, events))


def _events(connection: sqlite3.Connection, stream: int, after: tuple[int, int], end: int) -> Iterator[Event]:
    rows = connection.execute(
        "SELECT timestamp, sequence, ingested, message, stream FROM events"
        " WHERE stream = ? AND (timestamp, sequence) > (?, ?) AND timestamp < ? ORDER BY timestamp, sequence",
        (stream, *after, end),
    )
    return map(Event._make, rows)


_TIME, _STREAM = slice(16), slice(16, 32)
_SEQUENCE = slice(32, 56)


def pointer_to(event: Event) -> str:
    """Return the id of an event."""
    return f"{event.timestamp:016d}{event.stream:016d}{event.sequence:024d}"


def find(connection: sqlite3.Connection, account: str, region: str, pointer: str) -> tuple[Event, str, str] | None:
    """Return an event of an account and region by its id, with the names of its group and stream; None for no such."""
    if len(pointer) != _SEQUENCE.stop or not (pointer.isascii() and pointer.isdigit()):
        return None
    timestamp, stream, sequence = (int(pointer[part]) for part in (_TIME, _STREAM, _SEQUENCE))
    row = connection.execute(
        "SELECT timestamp, events.sequence, events.ingested, message, stream, log_group, name FROM events"
        " JOIN streams ON streams.id = events.stream"
        " WHERE stream = ? AND timestamp = ? AND events.sequence = ? AND account = ? AND region = ?",
        (stream, timestamp, min(sequence, (1 << 63) - 1), account, region),
    ).fetchone()
    return None if row is None else (Event(*row[:5]), row[5], row[6])


MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
BYTES_BESIDE_A_MESSAGE = 26
"""What PutLogEvents counts for each event; a page of answers is measured likewise."""

SECONDS_OF_A_SEARCH = 0.4
"""After so long a search for rare events answers with what it has, also with nothing, and a token, as on AWS."""

_FORWARD = """
SELECT timestamp, sequence, ingested, message, stream FROM events
WHERE stream = ? AND (timestamp, sequence) > (?, ?) AND timestamp >= ? AND timestamp < ?
ORDER BY timestamp, sequence LIMIT ?"""
_BACKWARD = """
SELECT timestamp, sequence, ingested, message, stream FROM events
WHERE stream = ? AND (timestamp, sequence) < (?, ?) AND timestamp >= ? AND timestamp < ?
ORDER BY timestamp DESC, sequence DESC LIMIT ?"""
_TOKEN = re.compile(r"(?P<direction>[fb])/(?P<timestamp>[0-9]{1,18}):(?P<sequence>-1|[0-9]{1,18})")

Position = tuple[int, int]
"""A place between events, by the timestamp and sequence of one next to it."""


@dataclass(frozen=True)
class Range:
    """Timestamps from ``start`` on and before ``end``."""

    start: int = 0
    end: int = LATEST


@dataclass(frozen=True)
class Page:
    """Events of one stream, oldest first, and the tokens that lead on and back."""

    events: Sequence[Event]
    forward: str
    backward: str


@dataclass(frozen=True)
class Found:
    """Events that were searched for, oldest first; ``token`` leads on, and is empty where all was looked at."""

    events: Sequence[Event]
    token: str


def stream_page(file: EventFile, stream: Stream | None, within: Range, limit: int, token: str, *, head: bool) -> Page:
    """Return a page of a stream; without a ``token`` the first of ``within`` (``head``) or the last.

    A token that leads on from the end stays the same, so that it gives what comes later.
    """
    forward, position = _read_token(token) if token else (head, (within.start, -1) if head else (within.end, 0))
    events = [] if stream is None else _read(file, stream.id, within, position, limit, forward=forward)
    if events:
        first, last = _position(events[0]), _position(events[-1])
    else:
        first = last = position if token else (within.start, -1)
    return Page(events, _token("f", last), _token("b", first))


def search(
    file: EventFile,
    streams: Sequence[Stream],
    within: Range,
    limit: int,
    token: str,
    matches: Callable[[str], bool],
) -> Found:
    """Return the events of several streams that match, in the order of time, as many as fit a page."""
    after = _read_token(token)[1] if token else (within.start, -1)
    deadline = time.monotonic() + SECONDS_OF_A_SEARCH
    found: list[Event] = []
    size = 0
    with file.reading() as connection:
        for event in merged(connection, streams, after, within.end):
            matching = matches(event.message)
            if matching:
                size += _size(event)
                if found and size > MOST_BYTES:
                    return Found(found, _token("f", after))
                found.append(event)
            after = _position(event)
            over = not matching and time.monotonic() > deadline
            if over or len(found) == limit:
                return Found(found, _token("f", after))
    return Found(found, "")


def _read(
    file: EventFile, stream: int, within: Range, position: Position, limit: int, *, forward: bool
) -> Sequence[Event]:
    with file.reading() as connection:
        rows = connection.execute(
            _FORWARD if forward else _BACKWARD, (stream, *position, within.start, within.end, limit)
        )
        events = _fitting(map(Event._make, rows))
    return events if forward else events[::-1]


def _fitting(events: Iterable[Event]) -> list[Event]:
    """Give as many as one answer takes, and one at least."""
    taken: list[Event] = []
    size = 0
    for event in events:
        size += _size(event)
        if taken and size > MOST_BYTES:
            break
        taken.append(event)
    return taken


def _size(event: Event) -> int:
    return len(event.message.encode()) + BYTES_BESIDE_A_MESSAGE


def _position(event: Event) -> Position:
    return event.timestamp, event.sequence


def _token(direction: str, position: Position) -> str:
    return f"{direction}/{position[0]}:{position[1]}"


def _read_token(token: str) -> tuple[bool, Position]:
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
    return found["direction"] == "f", (int(found["timestamp"]), int(found["sequence"]))
