"""The commands that a build runs: those of its buildspec, and of the scripts in the repository that it calls."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from buildspecs.reading.model import PHASES
from buildspecs.shell import PieceKind, SimpleCommand, Word, parse
from contracts.project_index import ProjectIndex
from system_model.buildspecs_of import Specification, variables
from system_model.system import Resource
from system_model.wording import OPEN

_EXPANSION = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+=?])([^{}]*))?\})")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_SHELL = re.compile(r"#!\s*\S*(?:/|env\s+)(?:ba|da|k|z)?sh\b")
_CALLERS = {"bash", "sh", "source", ".", "dash", "zsh"}


@dataclass(frozen=True)
class Command:
    """A command, the file that it stands in, and what is known of the variables there."""

    command: SimpleCommand
    file: str
    known: Mapping[str, str]

    def expanded(self, word: Word) -> str:
        """Return a word as the shell would, with ``OPEN`` for what is not known."""
        return "".join(
            OPEN
            if piece.kind is PieceKind.SUBSTITUTION
            else expand(piece.text, self.known)
            if piece.kind is PieceKind.EXPANSION
            else piece.text
            for piece in word.pieces
        )


def commands_of(project: Resource, index: ProjectIndex) -> list[Command]:
    """Return every command of a project's build, in the order of the text."""
    return index.remembered(("commands", project), lambda: _commands_of(project, index))


def _commands_of(project: Resource, index: ProjectIndex) -> list[Command]:
    specification = index.buildspecs.of(project)
    if specification is None:
        return []
    return list(_Collector(index, _environment(project, specification, index)).all(specification))


class _Collector:
    def __init__(self, index: ProjectIndex, known: dict[str, str]) -> None:
        self._repository = index.system.repository
        self._known = known
        self._seen: set[str] = set()

    def all(self, specification: Specification) -> Iterator[Command]:
        for phase in (specification.spec.phases[name] for name in PHASES):
            for text in (*phase.commands, *phase.finally_commands):
                yield from self._of(text, specification.file, "")

    def _of(self, text: str, file: str, folder: str) -> Iterator[Command]:
        for command in parse(text).commands:
            one = Command(command, file, self._known)
            for word in command.assignments:
                self._assign(one, word)
            if command.program in {"export", "declare", "local", "readonly"}:
                for word in command.arguments:
                    self._assign(one, word)
            yield one
            for path in self._called(command, folder):
                yield from self._of(self._script(path) or "", path, path.rpartition("/")[0])

    def _assign(self, command: Command, word: Word) -> None:
        found = _ASSIGNMENT.fullmatch(command.expanded(word))
        if found:
            self._known[found[1]] = found[2]

    def _called(self, command: SimpleCommand, folder: str) -> Iterator[str]:
        words = [word for word in command.words if not word.text.startswith("-")]
        first, rest = words[:1], words[1:2]
        for word in (*first, *(rest if command.program in _CALLERS else ())):
            name = word.replaced("").lstrip("/")
            # "$folder/image.bash": scripts look for one another beside themselves.
            for place in ("", folder) if "/" in word.text or command.program in _CALLERS else ():
                path = self._repository.inside(f"{place}/{name}")
                if path is not None and path not in self._seen and self._script(path) is not None:
                    self._seen.add(path)
                    yield path
                    break

    def _script(self, path: str) -> str | None:
        text = self._repository.text(path)
        is_shell = text is not None and (_SHELL.match(text) or path.endswith((".sh", ".bash")))
        return text if is_shell else None


def expand(text: str, known: Mapping[str, str]) -> str:
    """Expand ``$NAME``, ``${NAME}`` and those forms with a default or an alternative whose outcome is known."""
    found = _EXPANSION.fullmatch(text)
    if found is None:
        return OPEN
    name, operator, other = found[1] or found[2], found[3] or "", found[4] or ""
    value = known.get(name)
    if "+" in operator:
        return _EXPANSION.sub(lambda one: expand(one[0], known), other) if value else "" if value == "" else OPEN
    if value is None and "-" in operator and "$" not in other:
        return OPEN
    return OPEN if value is None else value


def _environment(project: Resource, specification: Specification, index: ProjectIndex) -> dict[str, str]:
    """Return the variables of a build that are known: a project's own go before those of its buildspec.

    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    environment = specification.spec.environment
    known = dict(environment.variables)
    for name, parameter in environment.parameter_store.items():
        known[name] = _parameter(parameter, index)
    for variable in variables(project):
        value = index.text(variable.get("Value"), project.stack) or OPEN
        is_parameter = variable.get("Type") == "PARAMETER_STORE"
        known[str(variable.get("Name"))] = _parameter(value, index) if is_parameter else value
    return known


def _parameter(name: str, index: ProjectIndex) -> str:
    made = index.named("AWS::SSM::Parameter", name)
    return OPEN if made is None else index.text(made.properties.get("Value"), made.stack) or OPEN
