"""Log events by the API: all of them are reached by tokens, in order, and they are there until they are removed."""

import json
import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.roles import allow, role

pytestmark = pytest.mark.slow

ROLE = "arn:aws:iam::000000000000:role/log-tester"
DAY = 86_400_000


def _client(aws: LocalAws) -> Any:
    """Return a client that may do all that CloudWatch Logs has."""
    aws.make_stack("log-tester", json.dumps({"Resources": {"Role": role("log-tester", allow("logs:*"))}}))
    return aws.client("logs", aws.session(ROLE))


@dataclass(frozen=True)
class Group:
    """A log group with stream ``s``."""

    logs: Any
    name: str

    def put(self, *messages: str, stream: str = "s", at: int | None = None) -> int:
        moment = int(time.time() * 1000) if at is None else at
        events = [{"timestamp": moment, "message": message} for message in messages]
        self.logs.put_log_events(logGroupName=self.name, logStreamName=stream, logEvents=events)
        return moment

    def get(self, **more: Any) -> Any:
        return self.logs.get_log_events(logGroupName=self.name, logStreamName="s", **more)

    def filter(self, **more: Any) -> Any:
        return self.logs.filter_log_events(logGroupName=self.name, **more)


@pytest.fixture(scope="module")
def logs(local_aws: LocalAws) -> Any:
    return _client(local_aws)


@pytest.fixture
def group(logs: Any) -> Iterator[Group]:
    made = _made(logs)
    yield made
    logs.delete_log_group(logGroupName=made.name)


def _made(logs: Any) -> Group:
    name = f"/test/{uuid.uuid4().hex[:8]}"
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    return Group(logs, name)


def _messages(page: Mapping[str, Any]) -> list[str]:
    return [event["message"] for event in page["events"]]


def _pages(read: Callable[..., Any], token: str, **more: Any) -> Iterator[list[str]]:
    """Follow the tokens to the end, which is where none is given or the same one again."""
    given: dict[str, str] = {}
    while True:
        page = read(**more, **given)
        if page["events"]:
            yield _messages(page)
        if page.get(token) in (None, given.get("nextToken")):
            return
        given = {"nextToken": page[token]}


def test_25_000_events_are_all_reached_by_tokens(group: Group) -> None:
    written = [f"line {number}" for number in range(25_000)]
    for start in range(0, len(written), 10_000):
        group.put(*written[start : start + 10_000])
    for read, token, more in (
        (group.filter, "nextToken", {}),
        (group.get, "nextForwardToken", {"startFromHead": True}),
    ):
        pages = list(_pages(read, token, **more))
        assert [len(page) for page in pages] == [10_000, 10_000, 5_000]
        assert [message for page in pages for message in page] == written
    backward = list(_pages(group.get, "nextBackwardToken"))
    assert [message for page in reversed(backward) for message in page] == written
    assert _messages(group.get(limit=2)) == written[-2:]


def test_a_page_holds_a_megabyte_at_most(group: Group) -> None:
    for number in range(3):
        group.put(f"{number}" * 600_000)
    assert [[message[0] for message in page] for page in _pages(group.filter, "nextToken")] == [["0"], ["1"], ["2"]]
    pages = _pages(group.get, "nextForwardToken", startFromHead=True)
    assert [[message[0] for message in page] for page in pages] == [["0"], ["1"], ["2"]]


def test_the_token_at_the_end_stays_and_gives_what_comes_later(group: Group) -> None:
    group.put("one")
    token = group.get(startFromHead=True)["nextForwardToken"]
    page = group.get(nextToken=token)
    assert (page["events"], page["nextForwardToken"]) == ([], token)
    group.put("two")
    assert _messages(group.get(nextToken=token)) == ["two"]
    empty = _made(group.logs)
    token = empty.get(startFromHead=True)["nextForwardToken"]
    empty.put("first")
    assert _messages(empty.get(nextToken=token)) == ["first"]


def test_times_bound_what_is_read(group: Group) -> None:
    start = int(time.time() * 1000) - 1000
    for number in range(5):
        group.put(f"{number}", at=start + number)
    assert _messages(group.get(startTime=start + 1, endTime=start + 3)) == ["1", "2"]
    assert _messages(group.filter(startTime=start + 1, endTime=start + 3)) == ["1", "2", "3"]


def test_streams_are_searched_as_one_in_the_order_of_time(group: Group) -> None:
    start = int(time.time() * 1000) - 1000
    for name in ("a", "b"):
        group.logs.create_log_stream(logGroupName=group.name, logStreamName=name)
    for number in (4, 0, 2):
        group.put(f"a{number} good", stream="a", at=start + number)
    for number in (3, 1):
        group.put(f"b{number} bad", stream="b", at=start + number)
    pages = _pages(group.filter, "nextToken", limit=2)
    assert list(pages) == [["a0 good", "b1 bad"], ["a2 good", "b3 bad"], ["a4 good"]]
    assert _messages(group.filter(filterPattern="bad")) == ["b1 bad", "b3 bad"]
    assert _messages(group.filter(logStreamNames=["a"])) == ["a0 good", "a2 good", "a4 good"]
    assert _messages(group.filter(logStreamNamePrefix="b")) == ["b1 bad", "b3 bad"]
    described = group.logs.describe_log_streams(logGroupName=group.name, orderBy="LastEventTime", descending=True)
    assert [one["logStreamName"] for one in described["logStreams"]] == ["a", "b", "s"]
    assert described["logStreams"][0]["firstEventTimestamp"] == start
    assert described["logStreams"][0]["lastEventTimestamp"] == start + 4


def test_what_is_deleted_does_not_come_back(group: Group) -> None:
    group.put("old")
    group.logs.delete_log_stream(logGroupName=group.name, logStreamName="s")
    group.logs.create_log_stream(logGroupName=group.name, logStreamName="s")
    assert (_messages(group.get()), _messages(group.filter())) == ([], [])
    group.put("new")
    group.logs.delete_log_group(logGroupName=group.name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        group.get()
    group.logs.create_log_group(logGroupName=group.name)
    group.logs.create_log_stream(logGroupName=group.name, logStreamName="s")
    assert (_messages(group.get()), _messages(group.filter())) == ([], [])


def test_retention_removes_what_is_older(group: Group) -> None:
    group.put("old", at=int(time.time() * 1000) - 2 * DAY)
    group.put("new")
    assert _messages(group.get()) == ["old", "new"]
    group.logs.put_retention_policy(logGroupName=group.name, retentionInDays=1)
    assert (_messages(group.get()), _messages(group.filter())) == (["new"], ["new"])
    group.logs.delete_retention_policy(logGroupName=group.name)
    assert _messages(group.get()) == ["new"]


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([(2, "late"), (1, "early")], "must be in chronological order"),
        ([(1, "x" * 700_000), (2, "y" * 700_000)], "Upload too large: 1400052 bytes exceeds limit of 1048576"),
    ],
)
def test_what_aws_refuses_is_refused(group: Group, events: list[tuple[int, str]], sentence: str) -> None:
    now = int(time.time() * 1000)
    given = [{"timestamp": now + later, "message": message} for later, message in events]
    with pytest.raises(ClientError, match=sentence):
        group.logs.put_log_events(logGroupName=group.name, logStreamName="s", logEvents=given)
    assert group.get()["events"] == []
    with pytest.raises(ClientError, match="The specified nextToken is invalid"):
        group.filter(nextToken="f/1")


def test_a_query_finds_records_that_can_be_read_again(group: Group) -> None:
    group.put("first", "second", "third")
    query = group.logs.start_query(
        logGroupName=group.name,
        startTime=int(time.time()) - 60,
        endTime=int(time.time()) + 60,
        queryString="fields @message | filter @message like /ir/ | sort @timestamp desc",
    )["queryId"]
    deadline = time.monotonic() + 10
    while (found := group.logs.get_query_results(queryId=query))["status"] == "Running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    rows = [{one["field"]: one["value"] for one in row} for row in found["results"]]
    assert sorted(row["@message"] for row in rows) == ["first", "third"]
    assert (found["statistics"]["recordsScanned"], found["statistics"]["recordsMatched"]) == (3, 2)
    record = group.logs.get_log_record(logRecordPointer=rows[0]["@ptr"])["logRecord"]
    assert (record["@message"], record["@logStream"]) == (rows[0]["@message"], "s")
    fields = group.logs.get_log_group_fields(logGroupName=group.name)["logGroupFields"]
    assert {"name": "@message", "percent": 100} in fields


def test_an_acknowledged_event_survives_a_kill(tmp_path: Path) -> None:
    with local_aws_in(tmp_path / "state") as aws:
        logs = _client(aws)
        group = _made(logs)
        # The group itself is no event: wait until the state that it is part of is surely written.
        time.sleep(1)
        for number in range(50):
            group.put(f"{number}")
        os.kill(json.loads((aws.state_folder / "process.json").read_bytes())["pid"], signal.SIGKILL)
        assert aws.run("start", "--port", str(aws.port)).returncode == 0
        shown = aws.client("logs").get_log_events(logGroupName=group.name, logStreamName="s", startFromHead=True)
        assert _messages(shown) == [f"{number}" for number in range(50)]
