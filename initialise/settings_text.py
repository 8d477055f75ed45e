"""Changes values in the text of a settings file, and leaves its comments and everything else as they are."""

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_KEY = re.compile(r"((?:# )?[A-Za-z0-9_\"-]+)\s*=")
_TABLE = re.compile(r"\[+([^\[\]]+)\]+\s*(#.*)?\Z")


@dataclass
class SettingsText:
    """The lines of a TOML file."""

    lines: list[str]

    @classmethod
    def of(cls, text: str) -> "SettingsText":
        """Take the text of a file."""
        return cls(text.splitlines())

    def __str__(self) -> str:
        """Return the text of the file; no more than one empty line stands between others."""
        kept = [line for at, line in enumerate(self.lines) if line or not at or self.lines[at - 1]]
        return "\n".join(kept).rstrip("\n") + "\n"

    def put(self, table: str, key: str, value: object) -> None:
        """Have ``key`` of ``table`` (the first of that name; empty: none) say ``value``; it is added where missing."""
        written = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        found = self._find(table, key)
        if found is None:
            at = self._body(table)[0]
            self.lines[at:at] = [written]
        else:
            self.lines[slice(*found)] = [written]

    def leave_out(self, table: str, key: str, value: object) -> None:
        """Have ``key`` be a comment, where it stands or is one, with the ``value`` that it then has."""
        found = self._find(table, key) or self._find(table, f"# {key}")
        if found is not None:
            self.lines[slice(*found)] = [f"# {key} = {json.dumps(value)}"]

    def take_away(self, table: str, key: str) -> None:
        """Remove ``key`` with the comment right above it, unless the next key shares that comment."""
        found = self._find(table, key)
        if found is None:
            return
        start, end = found
        followed = end < len(self.lines) and _KEY.match(self.lines[end])
        del self.lines[start if followed else self._above(start) : end]

    def put_commands(self, table: str, key: str, commands: Sequence[Sequence[str]]) -> None:
        """Have ``key`` be a list of commands, one a line."""
        self.put(table, key, commands)
        found = self._find(table, key)
        if found is not None and len(commands) > 1:
            lines = [f"    {json.dumps(one, ensure_ascii=False)}," for one in commands]
            self.lines[slice(*found)] = [f"{key} = [", *lines, "]"]

    def without(self, keys: Iterable[tuple[str, str]]) -> "SettingsText":
        """Return a copy without these keys, each named with its table."""
        copy = SettingsText([*self.lines])
        for table, key in keys:
            copy.take_away(table, key)
        return copy

    def keys(self, table: str) -> list[str]:
        """Return the keys that stand in ``table``."""
        return list(tomllib.loads("\n".join(self.lines[slice(*self._body(table))])))

    def has(self, table: str) -> bool:
        """Return whether there is such a table."""
        return bool(self.count(table))

    def count(self, table: str) -> int:
        """Return how many tables of that name there are."""
        return sum(name == table for _, name in self._headers())

    def keep_first(self, table: str) -> None:
        """End the file where the second ``table`` of a list would begin, with all that belongs to it."""
        starts = [at for at, name in self._headers() if name == table]
        if len(starts) > 1:
            del self.lines[self._above(starts[1]) :]

    def take_last(self, table: str) -> None:
        """Remove the last ``table`` of that name, with the comment right above it."""
        at = max(at for at, name in self._headers() if name == table)
        after = next((start for start, _ in self._headers() if start > at), None)
        del self.lines[self._above(at) : len(self.lines) if after is None else self._above(after)]

    def comment_out(self, table: str) -> None:
        """Have the header of the first ``table`` be a comment."""
        at = self._body(table)[0] - 1
        if self.has(table):
            self.lines[at] = f"# {self.lines[at]}"

    def _headers(self) -> list[tuple[int, str]]:
        return [(at, found[1].strip()) for at, line in enumerate(self.lines) if (found := _TABLE.match(line))]

    def _above(self, at: int) -> int:
        """Return where the comment right above a line begins."""
        while at and self.lines[at - 1].startswith("#"):
            at -= 1
        return at

    def _body(self, table: str) -> tuple[int, int]:
        """Return where the lines of ``table`` begin and end; the end of the file where there is none."""
        headers = self._headers()
        starts = [0] if not table else [at + 1 for at, name in headers if name == table]
        start = starts[0] if starts else len(self.lines)
        return start, next((at for at, _ in headers if at >= start), len(self.lines))

    def _find(self, table: str, key: str) -> tuple[int, int] | None:
        """Return the lines of ``key``: from where it stands up to where its value ends."""
        start, end = self._body(table)
        for at in range(start, end):
            written = _KEY.match(self.lines[at])
            if written is not None and written[1] == key:
                return at, next(last for last in range(at + 1, end + 1) if _is_whole(self.lines[at:last]))
        return None


def _is_whole(lines: list[str]) -> bool:
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True
