"""The ids of events, by which GetLogRecord finds one again: 56 digits, as on AWS."""

import sqlite3

from local_aws.services.logs.event_file import Event

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
