"""Logs Insights and GetLogRecord within MiniStack, answered from the file of events.

A query runs beside the API and is over some time after it was started, as on AWS; only its results are held in memory.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import cloudwatch_logs

from local_aws.ministack.adapter import Answer, acting_in
from local_aws.services.logs import pages
from local_aws.services.logs.event_file import EventFile, Group
from local_aws.services.logs.pages import merged

_KEPT_QUERIES = 20
_SAMPLE = 10_000
"""From so many events GetLogGroupFields learns which fields there are."""

Data = Mapping[str, Any]
Record = dict[str, Any]


def answer_from(file: EventFile) -> None:
    """Have queries and records be read from ``file``."""
    start_query = cloudwatch_logs._start_query

    def start(data: Data) -> Answer:
        # MiniStack checks the request and keeps the query; looking at events is left to the thread.
        answer: Answer = start_query({**data, "startTime": 0, "endTime": 0})
        _forget_old_queries()
        newest = next(reversed(list(cloudwatch_logs._queries.values())), None)
        if answer[0] == 200 and newest is not None:  # noqa: PLR2004 - HTTP's word for success
            newest.update(status="Running", startTime=data.get("startTime", 0), endTime=data.get("endTime", _now()))
            scope = get_account_id(), get_region()
            threading.Thread(target=_run, args=(file, newest, data, scope), daemon=True, name="log-query").start()
        return answer

    cloudwatch_logs._start_query = start
    cloudwatch_logs._get_log_record = lambda data: _record(file, data)
    cloudwatch_logs._collect_query_records = lambda *what: list(islice(_records(file, *what), _SAMPLE))


def _run(file: EventFile, query: Record, data: Data, scope: tuple[str, str]) -> None:
    text = str(data.get("queryString", ""))
    predicates = cloudwatch_logs._insights_filter_predicates(text)
    field, ascending = cloudwatch_logs._parse_insights_sort(text) or ("@timestamp", True)
    counts = {"recordsScanned": 0.0, "recordsMatched": 0.0, "bytesScanned": 0.0}

    def matching(records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            counts["recordsScanned"] += 1
            counts["bytesScanned"] += len(record["@message"])
            if all(predicate(record) for predicate in predicates):
                counts["recordsMatched"] += 1
                yield record

    with acting_in(*scope):
        found = matching(
            _records(file, cloudwatch_logs._resolve_query_log_groups(data), query["startTime"], query["endTime"])
        )
        choose = heapq.nsmallest if ascending else heapq.nlargest
        best = choose(cloudwatch_logs._parse_insights_limit(text, data.get("limit")), found, key=_key(field))
    fields = cloudwatch_logs._parse_insights_fields(text)
    results = [cloudwatch_logs._row_from_record(record, fields) for record in best]
    query.update(results=results, statistics=counts)
    if query["status"] == "Running":
        query["status"] = "Complete"


def _key(field: str) -> Callable[[Record], Any]:
    return lambda record: record["_timestamp_ms"] if field == "@timestamp" else str(record.get(field, ""))


def _records(file: EventFile, groups: Sequence[str], start: float, end: float) -> Iterator[Record]:
    """Yield the records from ``start`` to ``end``, in seconds since 1970, oldest first."""
    streams = {
        stream.id: (name, stream)
        for name in groups
        for stream in file.streams(Group(get_account_id(), get_region(), name))
    }
    after, before = (int(start) * 1000, -1), int(end) * 1000 + 1
    with file.reading() as connection:
        for event in merged(connection, [stream for _, stream in streams.values()], after, before):
            group, stream = streams[event.stream]
            yield cloudwatch_logs._build_log_record(
                ptr=pages.pointer_to(event),
                timestamp_ms=event.timestamp,
                message=event.message,
                log_group=group,
                log_stream=stream.name,
            )


def _record(file: EventFile, data: Data) -> Answer:
    with file.reading() as connection:
        found = pages.find(connection, get_account_id(), get_region(), str(data.get("logRecordPointer") or ""))
    if found is None:
        refusal: Answer = error_response_json("InvalidParameterException", "Invalid logRecordPointer provided", 400)
        return refusal
    event, group, stream = found
    record = cloudwatch_logs._build_log_record(
        ptr=pages.pointer_to(event),
        timestamp_ms=event.timestamp,
        message=event.message,
        log_group=group,
        log_stream=stream,
    )
    answer: Answer = json_response({"logRecord": cloudwatch_logs._public_log_record(record)})
    return answer


def _forget_old_queries() -> None:
    for key in list(cloudwatch_logs._queries)[:-_KEPT_QUERIES]:
        del cloudwatch_logs._queries[key]


def _now() -> int:
    return int(time.time())
