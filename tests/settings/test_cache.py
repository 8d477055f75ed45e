"""The files that only save time: never half-written, never in the way."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from settings.cache import forget_oldest, keep


def test_many_may_write_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "same.json"
    texts = [letter * 50_000 for letter in "abcd"]
    seen = set()

    def write_and_read(text: str) -> None:
        for _ in range(50):
            keep(path, text)
            seen.add(path.read_text("utf-8"))

    with ThreadPoolExecutor(len(texts)) as threads:
        list(threads.map(write_and_read, texts))
    assert seen <= set(texts)
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_can_not_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "same.json", "text")
    forget_oldest(tmp_path / "file", 0)
    assert (tmp_path / "file").read_text() == ""


def test_the_newest_stay(tmp_path: Path) -> None:
    for age in range(5):
        keep(tmp_path / f"{age}.json", "")
        os.utime(tmp_path / f"{age}.json", (1000 - age, 1000 - age))
    forget_oldest(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.json", "1.json"]
