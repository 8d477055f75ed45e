"""The events of several streams as one sequence in the order of time."""

import heapq
import sqlite3
from collections.abc import Iterator, Sequence

from local_aws.services.logs.event_file import Event, Stream


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
