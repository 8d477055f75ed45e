"""What scenarios on this machine can't show, each with the page of AWS's documentation that demands it.

The rows stand in `exceptions.toml`. One that is not needed, because a scenario does show it, is a finding itself.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from aws_facts.codepipeline import folder_of_pipeline
from system_model.roles import Role

FILE = Path(__file__).resolve().parent / "exceptions.toml"
_PIPELINE = "{pipeline}"


@dataclass(frozen=True)
class Exemption:
    """One row about statements ``sid`` of roles whose logical id fits the pattern ``role``.

    ``actions`` or ``resources`` (patterns of how the template writes them) are what it speaks of. ``kind`` is
    ``unexercised`` (only AWS asks for it) or ``wider`` (the wildcard is as narrow as it can be).
    """

    kind: str
    role: str
    sid: str
    why: str
    source: str
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    def is_about(self, role: str, sid: str, action: str = "", resource: str = "") -> bool:
        """Return whether it speaks of an action or of a resource of a statement."""
        if not fnmatchcase(role, self.role) or sid != self.sid:
            return False
        return action in self.actions if action else any(literally(resource, each) for each in self.resources)

    @property
    def parts(self) -> Iterator[str]:
        """The actions and resources that it speaks of."""
        yield from self.actions
        yield from self.resources


def literally(resource: str, pattern: str) -> bool:
    """Return whether a resource is the pattern's, in which ``?`` and ``[`` are themselves and ``{any}`` is anything."""
    before, found, after = pattern.partition("{any}")
    if not found:
        return resource == pattern
    return len(resource) >= len(before) + len(after) and resource.startswith(before) and resource.endswith(after)


@dataclass
class Exemptions:
    """All rows; it remembers which were needed."""

    rows: tuple[Exemption, ...]
    needed: set[tuple[Exemption, str]] = field(default_factory=set)

    def find(self, kind: str, role: str, sid: str, *, action: str = "", resource: str = "") -> Exemption | None:
        """Return the row about an action or a resource, and remember that it was needed."""
        for row in self.rows:
            if row.kind == kind and row.is_about(role, sid, action, resource):
                self.needed.add((row, action or self._pattern(row, resource)))
                return row
        return None

    def idle(self, roles: Sequence[Role]) -> Iterator[tuple[Exemption, str]]:
        """Return the parts of rows that nothing needed, of those about statements that these roles have."""
        present = [(role.id, one.sid) for role in roles for one in role.grants]
        for row in self.rows:
            if any(sid == row.sid and fnmatchcase(role, row.role) for role, sid in present):
                yield from ((row, part) for part in row.parts if (row, part) not in self.needed)

    @staticmethod
    def _pattern(row: Exemption, resource: str) -> str:
        return next(each for each in row.resources if literally(resource, each))


class Table:
    """The rows of a file, in which ``{pipeline}`` is the folder of each of ``pipelines`` in turn."""

    def __init__(self, pipelines: Iterable[str], path: Path = FILE) -> None:
        self._folders = [folder_of_pipeline(name) for name in pipelines]
        self._path = path

    @cached_property
    def rows(self) -> tuple[Exemption, ...]:
        """All of them, in the file's order."""
        told = tomllib.loads(self._path.read_text("utf-8"))
        return tuple(_row(kind, row, self._folders) for kind, rows in told.items() for row in rows)


def _row(kind: str, told: dict[str, object], folders: Sequence[str]) -> Exemption:
    actions, patterns = (tuple(map(str, _many(told.get(name)))) for name in ("actions", "resources"))
    resources = tuple(dict.fromkeys(each.replace(_PIPELINE, folder) for each in patterns for folder in folders))
    role, sid, why, source = (str(told[name]) for name in ("role", "sid", "why", "source"))
    return Exemption(kind, role, sid, why, source, actions, resources)


def _many(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()
