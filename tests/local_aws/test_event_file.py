"""The file of log events: what is removed leaves the disk, and a broken file is put aside and told."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws.services.logs.event_file import FILE, EventFile, Group, examine_events

GROUP = Group("000000000000", "ca-central-1", "/g")


def _written(folder: Path, *, events: int = 1) -> Path:
    file = EventFile(folder / FILE)
    file.append(GROUP, "s", [(number, "x" * 100) for number in range(events)], 0)
    file.close()
    return folder / FILE


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garbage(path: Path) -> None:
    path.write_bytes(b"these are no events" * 1000)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _another_database(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (column_of_it)")
    connection.close()


@pytest.mark.parametrize("breaks", [_half, _garbage, _empty, _folder, _another_database])
def test_a_broken_file_is_put_aside_and_told(tmp_path: Path, breaks: Callable[[Path], None]) -> None:
    path = _written(tmp_path)
    breaks(path)
    (sentence,) = examine_events(tmp_path)
    (aside,) = tmp_path.glob(f"{FILE}.broken-*")
    assert sentence.startswith(f"{path} was broken (")
    assert f"was put aside as {aside.name}: a new one is begun, without log events." in sentence
    EventFile(path).close()
    assert list(examine_events(tmp_path)) == []


def test_a_sound_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = _written(tmp_path)
    assert list(examine_events(tmp_path)) == []
    file = EventFile(path)
    file.append(GROUP, "s", [(1, "more")], 0)
    with file.reading() as connection:
        assert connection.execute("SELECT timestamp, sequence FROM events").fetchall() == [(0, 1), (1, 2)]
    file.close()


def test_what_is_removed_leaves_the_disk_also_after_a_restart(tmp_path: Path) -> None:
    path = _written(tmp_path, events=50_000)
    file = EventFile(path)
    file.forget(GROUP, "s")
    assert file.streams(GROUP) == []
    file.close()
    file = EventFile(path)
    deadline = time.monotonic() + 20
    while _rows(file) and time.monotonic() < deadline:
        time.sleep(0.05)
    file.close()
    assert path.stat().st_size < 1_000_000


def _rows(file: EventFile) -> int:
    with file.reading() as connection:
        (count,) = connection.execute(
            "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM removals)"
        ).fetchone()
    return int(count)
