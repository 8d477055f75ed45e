"""`config/waivers.toml`: rows about files that are gone leave it, and those that were asked for come in."""

import datetime as dt
import tomllib

from initialise.folder import ServiceFolder
from initialise.packages import WAIVE, are_unpinned
from initialise.questions import Known

WAIVERS = "config/waivers.toml"
_TABLE = "[[waivers]]\n"
_DAYS = 90
_CHECKS = ("dependencies", "licences", "sbom")
"""The checks that can't see what is installed where no version is pinned with its hash."""
_ROW = """\
check = "{check}"
id = "not-checked"
place = "{place}"
reason = "{file} names no exact versions with hashes yet: uv pip compile --generate-hashes writes them"
until = {until}
who = "make init"
"""


def waivers(known: Known, found: ServiceFolder, today: dt.date) -> dict[str, str]:
    """Return path to text of the file of waivers."""
    path = known.root / WAIVERS
    head, *tables = path.read_text("utf-8").split(_TABLE) if path.is_file() else [""]
    kept = [table.rstrip("\n") + "\n" for table in tables if _is_needed(known, table)]
    kept += [row for row in _rows(known, found, today) if not any(_is_same(row, table) for table in kept)]
    return {WAIVERS: "\n".join([head.rstrip("\n") + "\n", *(f"{_TABLE}{table}" for table in kept)])}


def _is_needed(known: Known, table: str) -> bool:
    place = str(tomllib.loads(table).get("place", "")).partition(":")[0]
    return (known.root / place).exists()


def _is_same(row: str, table: str) -> bool:
    return all(tomllib.loads(row)[key] == tomllib.loads(table).get(key) for key in ("check", "id", "place"))


def _rows(known: Known, found: ServiceFolder, today: dt.date) -> list[str]:
    folder = known.answers["folder"]
    if known.answers.get("packages") != WAIVE or not are_unpinned(known.top, found):
        return []
    until = today + dt.timedelta(days=_DAYS)
    return [_ROW.format(check=check, place=folder, file=found.requirements, until=until) for check in _CHECKS]
