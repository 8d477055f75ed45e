"""What rules look at: a buildspec as far as it can be read, its commands as scripts, and its project."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from buildspecs.project import ProjectFacts
from buildspecs.reading.document import START, Fields, Items, Node, Path, Position, Text
from buildspecs.reading.model import PHASES, Buildspec
from buildspecs.reading.problems import Kind, Problem
from buildspecs.reading.sections import WINDOWS_SHELLS
from buildspecs.secret_names import is_kept_secret, names_a_secret
from buildspecs.shell import Script, SimpleCommand, parse

BATCH_FILE = re.compile(
    r"\$env:|^[ \t]*(?:&[ \t]*)?(?:Get|Set|New|Write|Invoke|Remove|Copy|Start)-[A-Z]\w+|\.ps1\b|%[A-Z_]{3,}%",
    re.MULTILINE,
)
"""What only PowerShell and cmd scripts have."""

HIDES_COMMANDS = (Kind.YAML, Kind.UNKNOWN, Kind.PHASE, Kind.TYPE, Kind.MAPPING)


@dataclass(frozen=True)
class Command:
    """One item of ``commands`` or ``finally``."""

    phase: str
    in_finally: bool
    path: Path
    node: Text
    lines: Sequence[str]

    @property
    def text(self) -> str:
        """The script as the shell gets it."""
        return self.node.written

    @cached_property
    def script(self) -> Script:
        """The script, read; its lines count from 1."""
        return parse(self.text)

    def position(self, line: int) -> Position:
        """Return where a line of the script stands in the file, as exactly as the YAML allows."""
        start = self.node.position
        if self.node.style != "|" or start.line + line > len(self.lines):
            return start
        written = self.lines[start.line + line - 1]
        return Position(start.line + line, len(written) - len(written.lstrip()) + 1)


class Subject:
    """A buildspec to be judged. ``root`` is None when the text is no mapping; then there are problems alone."""

    def __init__(
        self, text: str, buildspec: Buildspec, root: Fields | None, problems: Sequence[Problem], project: ProjectFacts
    ) -> None:
        self.buildspec = buildspec
        self.root = root
        self.problems = problems
        self.project = project
        self._lines = text.splitlines()

    def position(self, path: Path) -> Position:
        """Return where the key or item at ``path`` is written, or the nearest that holds it."""
        while path:
            if path in self.buildspec.positions:
                return self.buildspec.positions[path]
            path = path[:-1]
        return self.root.position if self.root else START

    def node(self, *path: str | int) -> Node | None:
        """Return what stands at ``path``."""
        node: Node | None = self.root
        for step in path:
            if isinstance(node, Fields):
                node = next((entry.value for entry in node.entries if entry.key == step), None)
            elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                return None
        return node

    @property
    def version(self) -> str:
        """The version as it is written; empty when it is not."""
        node = self.node("version")
        return node.written if isinstance(node, Text) else ""

    @cached_property
    def all_commands(self) -> Sequence[Command]:
        """The commands of every phase in the order in which they run, of whatever shell."""
        return list(self._commands())

    @cached_property
    def commands(self) -> Sequence[Command]:
        """The commands, when a shell of Unix runs them."""
        return [] if self.on_windows else self.all_commands

    @cached_property
    def on_windows(self) -> bool:
        """Return whether PowerShell or cmd runs the commands."""
        if self.project.on_windows or self.buildspec.environment.shell in WINDOWS_SHELLS:
            return True
        return any(BATCH_FILE.search(command.text) for command in self.all_commands)

    def _commands(self) -> Iterator[Command]:
        for phase in PHASES:
            for key in ("commands", "finally"):
                given = self.node("phases", phase, key)
                places: list[tuple[Path, Node]] = [(("phases", phase, key), given)] if isinstance(given, Text) else []
                if isinstance(given, Items):
                    places = [(("phases", phase, key, index), item) for index, item in enumerate(given.items)]
                for path, item in places:
                    if isinstance(item, Text) and item.kind != "null":
                        yield Command(phase, key == "finally", path, item, self._lines)

    def simple_commands(self, *programs: str) -> Iterator[tuple[Command, SimpleCommand]]:
        """Return each simple command (of ``programs``, when named) with the command that it stands in."""
        for command in self.commands:
            for simple in command.script.commands:
                if not programs or simple.program in programs:
                    yield command, simple

    @cached_property
    def is_whole(self) -> bool:
        """Return whether every command is known: none stands under a wrong key or in a wrong form."""
        return not any(problem.kind in HIDES_COMMANDS for problem in self.problems)

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        """The variables that hold secrets, each with the section that it comes from."""
        return dict(_secrets(self.buildspec))


def _secrets(buildspec: Buildspec) -> Iterator[tuple[str, str]]:
    for name in buildspec.environment.parameter_store:
        if names_a_secret(name):
            yield name, "parameter-store"
    for name in buildspec.environment.secrets_manager:
        if is_kept_secret(name):
            yield name, "secrets-manager"
