"""Reads the waivers: findings that are accepted for a time, with the reason and who decided it.

The one reader of ``config/waivers.toml``; docs/security-checks.md explains its keys.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.errors import CannotRunError

LONGEST_DAYS = 180
CHECKS = ("sast", "dependencies", "secrets", "dockerfile", "licences", "sbom", "image")
"""The last is not one of the source, but what is found in the image before it is deployed."""
REQUIRED = ("check", "id", "place", "reason", "until", "who")
STATES = ("exploitable", "false_positive", "in_triage", "not_affected", "resolved")
"""Of ``analysis.state``: https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis_state"""
HEADER = "[[waivers]]"


@dataclass(frozen=True)
class Waiver:
    """One waiver. ``place`` is a path, which covers each of its lines, or a path and ``:LINE``.

    ``at`` is where it is written; ``state`` is what the analysis came to, in the words of CycloneDX.
    """

    check: str
    id: str
    place: str
    reason: str
    until: dt.date
    who: str
    at: str
    state: str = "in_triage"

    def days_left(self, today: dt.date) -> int:
        """Return for how many days it holds; below 0 when it has expired. It holds on its last day."""
        return (self.until - today).days

    def covers(self, check: str, ids: Sequence[str], place: str) -> bool:
        """Return whether a finding of these ids at ``place`` is what it waives."""
        return self.check == check and self.id in ids and self.place in (place, place.partition(":")[0])


@dataclass(frozen=True)
class Fault:
    """What is wrong with a waiver: ``id`` is the kind of fault, ``at`` where the waiver is written."""

    id: str
    at: str
    message: str


@dataclass(frozen=True)
class Waivers:
    """``valid`` ones waive findings; of the others, ``faults`` says what is wrong."""

    valid: Sequence[Waiver] = ()
    faults: Sequence[Fault] = ()


def read(root: Path, path: str, today: dt.date) -> Waivers:
    """Read the file ``path`` below ``root``; none is there where nothing is waived.

    Raises ``CannotRunError`` where it is no TOML, or has anything but ``[[waivers]]`` tables.
    """
    try:
        text = (root / path).read_text("utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError:
        return Waivers()
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CannotRunError(f"{path}: {error}; write it as TOML (https://toml.io).") from error
    tables = document.pop("waivers", [])
    if document or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        found = ", ".join(document) or "waivers of another shape"
        raise CannotRunError(f"{path}: found {found}; allowed are {HEADER} tables alone.")
    valid: list[Waiver] = []
    faults: list[Fault] = []
    for table, at in zip(tables, _places(path, text, len(tables)), strict=True):
        found_faults = [*_faults(table, at, today)]
        faults += found_faults
        if not found_faults:
            valid.append(_waiver(table, at))
    return Waivers(valid, faults)


def _places(path: str, text: str, count: int) -> list[str]:
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith(HEADER)]
    # Written as an inline array, they have no lines of their own.
    return [f"{path}:{line}" for line in lines] if len(lines) == count else [path] * count


def _faults(table: Mapping[str, Any], at: str, today: dt.date) -> Iterator[Fault]:
    unknown = sorted(set(table) - {*REQUIRED, "state"})
    if unknown:
        yield Fault("incomplete", at, f"found the key {unknown[0]}; allowed are {', '.join(REQUIRED)} and state.")
    for key in REQUIRED:
        if not _text(table, key) and key not in {"reason", "until"}:
            yield Fault("incomplete", at, f"{key} is missing or no text; write it.")
    if not _text(table, "reason"):
        yield Fault("no-reason", at, "it has no reason; write why the finding is accepted for the time being.")
    if _text(table, "check") and table["check"] not in CHECKS:
        yield Fault("incomplete", at, f"there is no check {table['check']!r}; allowed are {', '.join(CHECKS)}.")
    if table.get("state", STATES[0]) not in STATES:
        yield Fault("incomplete", at, f"the state {table['state']!r} is unknown; allowed are {', '.join(STATES)}.")
    yield from _faults_of_date(_date(table), at, today)


def _faults_of_date(until: dt.date | None, at: str, today: dt.date) -> Iterator[Fault]:
    if until is None:
        yield Fault("incomplete", at, "until is missing or no date; write it as 2030-12-31.")
    elif until < today:
        yield Fault("expired", at, f"it expired on {until}; fix what it waives, or set a new date.")
    elif (until - today).days > LONGEST_DAYS:
        latest = today + dt.timedelta(days=LONGEST_DAYS)
        yield Fault("too-long", at, f"until {until} is over {LONGEST_DAYS} days ahead; {latest} is the latest allowed.")


def _waiver(table: Mapping[str, Any], at: str) -> Waiver:
    until = _date(table)
    assert until is not None  # noqa: S101 - a table without a date has a fault
    texts = {key: _text(table, key) for key in REQUIRED if key != "until"}
    return Waiver(**texts, until=until, at=at, state=table.get("state", "in_triage"))


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _date(table: Mapping[str, Any]) -> dt.date | None:
    value = table.get("until")
    if isinstance(value, dt.datetime):
        return None
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.date) else None
