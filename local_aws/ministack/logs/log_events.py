"""CloudWatch Logs within MiniStack: groups and streams stay in its memory, their events are in a file of ours.

MiniStack keeps each event twice in memory, and writes all of them anew at each change. Here its records of streams hold
none; what stores, reads and removes events is put in the place of its own.
"""

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import cloudwatch_logs

from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.logs import log_queries
from local_aws.platform.service import ServiceError
from local_aws.services.logs.event_file import EventFile, Group
from local_aws.services.logs.operations import LogEvents, LogGroupView

_SECONDS_BETWEEN_SWEEPS = 600
_DAY = 86_400_000

Data = Mapping[str, Any]
Operation = Callable[[Data], Answer]


def keep_events_in(path: Path) -> EventFile:
    """Have all events, whoever writes them, go to the file at ``path`` and come from it.

    Give the file, to be closed at the end.
    """
    file = EventFile(path)
    events = LogEvents(file, _view, cloudwatch_logs._compile_filter_pattern)
    operations: dict[str, Operation] = {
        "PutLogEvents": partial(_answer, partial(_put, events)),
        "GetLogEvents": partial(_answer, events.get),
        "FilterLogEvents": partial(_answer, events.filter),
        "DescribeLogStreams": partial(_answer, events.describe_streams),
    }
    cloudwatch_logs._put_log_events = operations["PutLogEvents"]
    cloudwatch_logs._append_log_events = partial(_append, file)
    cloudwatch_logs._describe_log_groups = partial(_describe_groups, file, cloudwatch_logs._describe_log_groups)
    _remove_with(file)
    log_queries.answer_from(file)
    adapter.guard("logs", partial(_off_the_loop, operations))
    threading.Thread(target=_expire_for_ever, args=(file,), daemon=True, name="log-retention").start()
    return file


async def _off_the_loop(
    operations: Mapping[str, Operation], method: str, path: str, headers: Headers, body: bytes, query: Query
) -> Answer | None:
    """Work on what takes long beside the loop that answers everybody."""
    del method, path, query
    operation = operations.get(headers.get("x-amz-target", "").rpartition(".")[2])
    if operation is None:
        return None
    return await asyncio.to_thread(operation, json.loads(body or b"{}"))


def _answer(operation: Callable[[Group | None, Data], Data], data: Data) -> Answer:
    name = cloudwatch_logs._resolve_log_group_name(data)
    try:
        answer: Answer = json_response(operation(None if name is None else _group(name), data))
    except ServiceError as error:
        answer = error_response_json(error.code, error.message, error.status)
    except sqlite3.Error as error:
        message = f"The events of log group {name} can't be read or written: {error}."
        answer = error_response_json("ServiceUnavailableException", message, 503)
    return answer


def _group(name: str) -> Group:
    return Group(get_account_id(), get_region(), name)


def _view(group: Group) -> LogGroupView | None:
    record = cloudwatch_logs._log_groups.get_scoped(*group)
    if record is None:
        return None
    return LogGroupView(record["arn"], record["streams"], record.get("retentionInDays"))


def _put(events: LogEvents, group: Group | None, data: Data) -> Data:
    stored = events.put(group, data)
    cloudwatch_logs._fanout_to_subscription_filters(data["logGroupName"], data["logStreamName"], stored)
    cloudwatch_logs._fanout_to_live_tail_sessions(data["logGroupName"], data["logStreamName"], stored)
    # AWS gives a token that is of no use any more; it is always the same here.
    return {"nextSequenceToken": "1"}


def _append(file: EventFile, stream: Mapping[str, Any], events: list[dict[str, Any]]) -> None:
    """Keep the events that another service of MiniStack writes to a stream, of which it knows the record alone."""
    for name, group in list(cloudwatch_logs._log_groups.items()):
        for stream_name, record in list(group["streams"].items()):
            if record is stream:
                rows = [(int(event["timestamp"]), str(event["message"])) for event in events]
                file.append(_group(name), stream_name, rows, int(time.time() * 1000))
                return


def _describe_groups(file: EventFile, describe: Operation, data: Data) -> Answer:
    status, headers, body = describe(data)
    answer = json.loads(body)
    for group in answer.get("logGroups", []):
        group["storedBytes"] = sum(stream.bytes for stream in file.streams(_group(group["logGroupName"])))
    return (status, headers, body) if "logGroups" not in answer else json_response(answer)


def _remove_with(file: EventFile) -> None:
    put_retention = cloudwatch_logs._put_retention_policy

    def put_retention_policy(data: Data) -> Answer:
        answer: Answer = put_retention(data)
        _expire(file)
        return answer

    cloudwatch_logs._forget_log_records_for_group = lambda name: file.forget(_group(name))
    cloudwatch_logs._forget_log_records_for_stream = lambda name, stream: file.forget(_group(name), stream)
    cloudwatch_logs._put_retention_policy = put_retention_policy


def _expire_for_ever(file: EventFile) -> None:
    """Remove what is older than the retention of its group, again and again."""
    while True:
        time.sleep(_SECONDS_BETWEEN_SWEEPS)
        _expire(file)


def _expire(file: EventFile) -> None:
    now = int(time.time() * 1000)
    for (account, region, name), record in cloudwatch_logs._log_groups.all_items():
        if record.get("retentionInDays"):
            file.expire(Group(account, region, name), now - int(record["retentionInDays"]) * _DAY)
