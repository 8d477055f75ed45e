"""The operations of CloudWatch Logs on events: writing, reading and searching them, and what a stream holds.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from local_aws.platform.service import ServiceError
from local_aws.services.logs.event_file import LATEST, Event, EventFile, Group, Stream
from local_aws.services.logs.pages import (
    BYTES_BESIDE_A_MESSAGE,
    MOST_BYTES,
    MOST_EVENTS,
    Range,
    pointer_to,
    search,
    stream_page,
)

Data = Mapping[str, Any]
_DAY = 86_400_000
_INVALID = "InvalidParameterException"


@dataclass(frozen=True)
class LogGroupView:
    """A log group as it stands: its ARN, its streams by name, and how many days it keeps events."""

    arn: str
    streams: Mapping[str, Data]
    retention_days: int | None


class LogEvents:
    """The operations, on the events in ``file``.

    ``groups`` gives a group, or None where there is none; ``pattern`` reads a filter pattern.
    """

    def __init__(
        self,
        file: EventFile,
        groups: Callable[[Group], LogGroupView | None],
        pattern: Callable[[str], Callable[[str], bool]],
    ) -> None:
        self._file, self._groups, self._pattern = file, groups, pattern

    def put(self, group: Group | None, data: Data) -> list[dict[str, Any]]:
        """Keep the events of a PutLogEvents request; give them as they were kept."""
        place, stream = self._stream(group, data)
        now = int(time.time() * 1000)
        events = [(_number(one, "timestamp", now), str(one.get("message", ""))) for one in data.get("logEvents") or []]
        _check(events)
        self._file.append(place, stream, events, now)
        return [{"timestamp": when, "message": message, "ingestionTime": now} for when, message in events]

    def get(self, group: Group | None, data: Data) -> Data:
        """Answer GetLogEvents; its ``endTime`` is the first that is left out."""
        place, stream = self._stream(group, data)
        within = Range(self._start(place, data), _number(data, "endTime", LATEST))
        found = self._file.stream(place, stream)
        head = bool(data.get("startFromHead"))
        page = stream_page(self._file, found, within, _limit(data), _token(data), head=head)
        members = [
            {"timestamp": one.timestamp, "message": one.message, "ingestionTime": one.ingested} for one in page.events
        ]
        return {"events": members, "nextForwardToken": page.forward, "nextBackwardToken": page.backward}

    def filter(self, group: Group | None, data: Data) -> Data:
        """Answer FilterLogEvents; its ``endTime`` is the last that is given."""
        place = self._place(group, data)
        within = Range(self._start(place, data), _number(data, "endTime", LATEST - 1) + 1)
        streams = {one.id: one for one in self._file.streams(place) if _is_wanted(one, data)}
        matches = self._pattern(data.get("filterPattern") or "")
        found = search(self._file, list(streams.values()), within, _limit(data), _token(data), matches)
        answer: dict[str, Any] = {
            "events": [_found(one, streams[one.stream]) for one in found.events],
            "searchedLogStreams": [],
        }
        return {**answer, "nextToken": found.token} if found.token else answer

    def describe_streams(self, group: Group | None, data: Data) -> Data:
        """Answer DescribeLogStreams."""
        place = self._place(group, data)
        view = self._view(place)
        holding = {one.name: one for one in self._file.streams(place)}
        prefix, by_time = data.get("logStreamNamePrefix") or "", data.get("orderBy") == "LastEventTime"
        names = sorted(name for name in list(view.streams) if name.startswith(prefix))
        if by_time:
            names.sort(key=lambda name: holding[name].last if name in holding else 0)
        if data.get("descending"):
            names.reverse()
        start, limit = _number(data, "nextToken", 0), max(1, min(_number(data, "limit", 50), 50))
        answer = {"logStreams": [_described(name, view, holding.get(name)) for name in names[start : start + limit]]}
        return answer if start + limit >= len(names) else {**answer, "nextToken": str(start + limit)}

    def _place(self, group: Group | None, data: Data) -> Group:
        if group is None or self._groups(group) is None:
            name = data.get("logGroupName") or data.get("logGroupIdentifier")
            raise ServiceError("ResourceNotFoundException", f"The specified log group does not exist: {name}")
        return group

    def _view(self, group: Group) -> LogGroupView:
        found = self._groups(group)
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"The specified log group does not exist: {group.name}")
        return found

    def _stream(self, group: Group | None, data: Data) -> tuple[Group, str]:
        place, stream = self._place(group, data), str(data.get("logStreamName"))
        if stream not in self._view(place).streams:
            raise ServiceError("ResourceNotFoundException", f"The specified log stream does not exist: {stream}")
        return place, stream

    def _start(self, group: Group, data: Data) -> int:
        """Return the first timestamp that is asked for and still kept."""
        days = self._view(group).retention_days
        kept = int(time.time() * 1000) - int(days) * _DAY if days else 0
        return max(kept, _number(data, "startTime", 0))


def _check(events: Sequence[tuple[int, str]]) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html."""
    size = sum(len(message.encode("utf-8", "replace")) + BYTES_BESIDE_A_MESSAGE for _, message in events)
    if not 1 <= len(events) <= MOST_EVENTS:
        message = (
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length "
            f"between 1 and {MOST_EVENTS}; it has {len(events)}"
        )
        raise ServiceError(_INVALID, message)
    if size > MOST_BYTES:
        raise ServiceError(_INVALID, f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}")
    if any(late < early for (early, _), (late, _) in pairwise(events)):
        raise ServiceError(_INVALID, "Log events in a single PutLogEvents request must be in chronological order.")


def _is_wanted(stream: Stream, data: Data) -> bool:
    names = data.get("logStreamNames")
    return stream.name in names if names else stream.name.startswith(data.get("logStreamNamePrefix") or "")


def _found(event: Event, stream: Stream) -> Data:
    return {
        "logStreamName": stream.name,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingested,
        "eventId": pointer_to(event),
    }


def _described(name: str, group: LogGroupView, stream: Stream | None) -> Data:
    arn = f"{group.arn.removesuffix(':*')}:log-stream:{name}"
    entry: dict[str, Any] = {
        "logStreamName": name,
        "creationTime": group.streams[name]["creationTime"],
        "arn": arn,
        "uploadSequenceToken": "1",
    }
    if stream is None:
        return {**entry, "storedBytes": 0}
    times = {"lastEventTimestamp": stream.last, "lastIngestionTime": stream.ingested}
    return {**entry, **times, "firstEventTimestamp": min(stream.first, stream.last), "storedBytes": stream.bytes}


def _limit(data: Data) -> int:
    return max(1, min(_number(data, "limit", MOST_EVENTS), MOST_EVENTS))


def _token(data: Data) -> str:
    return str(data.get("nextToken") or "")


def _number(data: Data, name: str, default: int) -> int:
    value = data.get(name)
    try:
        number = default if value is None else int(value)
    except (TypeError, ValueError):
        raise ServiceError(_INVALID, f"{name} is {value!r}; allowed is a whole number.") from None
    if not 0 <= number <= LATEST:
        raise ServiceError(_INVALID, f"{name} is {number}; allowed is a number from 0 to {LATEST}.")
    return number
