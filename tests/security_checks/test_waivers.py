"""What a waiver must say, for how long it holds, and what the list of them shows."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reporting.errors import CannotRunError
from security_checks import waivers
from tests.security_checks.conftest import listed

TODAY = dt.date(2026, 6, 1)
FULL = {
    "check": "sast",
    "id": "S102",
    "place": "service/app.py",
    "reason": "A prototype",
    "until": TODAY + dt.timedelta(days=180),
    "who": "Ada",
}
Write = Callable[[str, str], Path]


def table(**changed: object) -> str:
    lines = [
        f"{key} = {value}" if isinstance(value, dt.date) else f"{key} = {json.dumps(value)}"
        for key, value in {**FULL, **changed}.items()
        if value is not None
    ]
    return "\n".join(["[[waivers]]", *lines, ""])


def read(text: str, write: Write, tmp_path: Path) -> waivers.Waivers:
    write("config/waivers.toml", text)
    return waivers.read(tmp_path / "source", "config/waivers.toml", TODAY)


def test_without_a_file_nothing_is_waived(tmp_path: Path) -> None:
    assert waivers.read(tmp_path, "config/waivers.toml", TODAY) == waivers.Waivers()


def test_a_waiver_holds_on_its_last_day(write: Write, tmp_path: Path) -> None:
    found = read(table(until=TODAY) + table(), write, tmp_path)
    assert found.faults == []
    assert [one.days_left(TODAY) for one in found.valid] == [0, 180]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"until": TODAY - dt.timedelta(days=1)}, "expired"),
        ({"until": TODAY + dt.timedelta(days=181)}, "too-long"),
        ({"until": "soon"}, "incomplete"),
        ({"until": None}, "incomplete"),
        ({"reason": None}, "no-reason"),
        ({"reason": " "}, "no-reason"),
        ({"who": None}, "incomplete"),
        ({"place": 3}, "incomplete"),
        ({"check": "lint"}, "incomplete"),
        ({"state": "fine"}, "incomplete"),
        ({"until_when": "x"}, "incomplete"),
    ],
)
def test_a_waiver_with_a_fault_waives_nothing(
    changed: dict[str, object], fault: str, write: Write, tmp_path: Path
) -> None:
    found = read(table() + table(**changed), write, tmp_path)
    assert len(found.valid) == 1
    assert [(one.id, one.at) for one in found.faults] == [(fault, "config/waivers.toml:8")]


@pytest.mark.parametrize("text", ["[[waivers]", "[other]\n", "waivers = 3\n", "waivers = [3]\n", "\x00"])
def test_what_is_no_file_of_waivers_is_a_sentence(text: str, write: Write, tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match=r"^config/waivers.toml: "):
        read(text, write, tmp_path)


def test_a_waiver_covers_lines_of_its_file_and_nothing_else(write: Write, tmp_path: Path) -> None:
    (of_file, of_line) = read(table() + table(place="service/app.py:3"), write, tmp_path).valid
    assert of_file.covers("sast", ["S102"], "service/app.py:3")
    assert of_line.covers("sast", ["S102"], "service/app.py:3")
    assert not of_line.covers("sast", ["S102"], "service/app.py:30")
    assert not of_file.covers("sast", ["S103"], "service/app.py:3")
    assert not of_file.covers("secrets", ["S102"], "service/app.py:3")
    assert not of_file.covers("sast", ["S102"], "service/app.py.bak:3")


def test_the_list_shows_what_ends_first_and_what_is_wrong(write: Write, tmp_path: Path) -> None:
    today = dt.datetime.now(dt.UTC).date()
    late, soon = today + dt.timedelta(days=90), today + dt.timedelta(days=2)
    text = table(until=late, id="S1") + table(until=soon, id="S2") + table(until=today - dt.timedelta(days=1))
    write("config/waivers.toml", text)
    plain = listed("--root", str(tmp_path / "source"))
    assert plain.returncode == 1
    assert [line.split()[:4] for line in plain.stdout.splitlines()[:2]] == [
        ["2", "days", "sast", "S2"],
        ["90", "days", "sast", "S1"],
    ]
    assert plain.stdout.splitlines()[2].startswith("config/waivers.toml:15: expired it expired on ")
    told = json.loads(listed("--root", str(tmp_path / "source"), "--json").stdout)
    assert [one["days_left"] for one in told["waivers"]] == [2, 90]
    assert [one["id"] for one in told["faults"]] == ["expired"]


def test_the_waivers_of_this_project_are_in_order() -> None:
    ended = listed()
    assert ended.returncode == 0, ended.stdout + ended.stderr
