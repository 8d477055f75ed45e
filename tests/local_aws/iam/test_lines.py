"""Lines that grow: numbered over restarts, whole after a crash, put aside when there are many."""

import json
import resource
import signal
from pathlib import Path

import pytest

from local_aws.iam.jsonl_log import Lines


def _written(lines: Lines, *names: str) -> None:
    for name in names:
        lines.append(lambda sequence, name=name: {"sequence": sequence, "name": name})  # type: ignore[misc]


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    _written(Lines(tmp_path / "calls.jsonl"), "a", "b")
    again = Lines(tmp_path / "calls.jsonl")
    _written(again, "c")
    assert [(each["sequence"], each["name"]) for each in again.all()] == [(1, "a"), (2, "b"), (3, "c")]
    assert (tmp_path / "calls.jsonl").stat().st_mode & 0o077 == 0


def test_half_a_last_line_is_left_out_and_spoils_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    _written(Lines(path), "a", "b")
    with path.open("a") as file:
        file.write('{"sequence":3,"na')
    assert [each["name"] for each in Lines(path).all()] == ["a", "b"]
    again = Lines(path)
    _written(again, "c")
    assert [(each["sequence"], each["name"]) for each in again.all()] == [(1, "a"), (2, "b"), (3, "c")]
    assert json.loads(path.read_text().splitlines()[-1])["name"] == "c"


def test_a_long_file_is_put_aside_once(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "calls.jsonl", longest=100)
    names = [f"name {number}" for number in range(12)]
    _written(lines, *names)
    kept = [each["name"] for each in lines.all()]
    assert kept == names[-len(kept) :]
    assert 2 <= len(kept) < len(names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.earlier.jsonl", "calls.jsonl"]
    assert (tmp_path / "calls.jsonl").stat().st_size <= 100
    _written(Lines(tmp_path / "calls.jsonl", longest=100), "last")
    assert [each["sequence"] for each in lines.all()][-1] == 13


def test_a_start_puts_a_long_file_aside_and_counts_on(tmp_path: Path) -> None:
    _written(Lines(tmp_path / "calls.jsonl"), "a", "b")
    again = Lines(tmp_path / "calls.jsonl", at_start=10)
    _written(again, "c")
    assert (tmp_path / "calls.earlier.jsonl").read_text().count("\n") == 2
    assert [(each["sequence"], each["name"]) for each in again.all()] == [(1, "a"), (2, "b"), (3, "c")]


def test_after_a_disk_that_was_full_a_line_begins_anew(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "calls.jsonl")
    _written(lines, "a")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "calls.jsonl").stat().st_size + 9, before[1]))
        _written(lines, "cut short")
        with pytest.raises(OSError, match="File too large"):
            _written(lines, "lost")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    _written(lines, "b")
    assert [(each["sequence"], each["name"]) for each in lines.all()] == [(1, "a"), (4, "b")]
