"""What is wrong with a buildspec, in CodeBuild's words where they are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from buildspecs.reading.document import Path, Position


class Kind(StrEnum):
    """What sort of fault it is; a linter's rules go by it."""

    YAML = "yaml"
    """The text is not YAML, or not a mapping."""
    UNKNOWN = "unknown key"
    PHASE = "unknown phase"
    MISSING = "missing key"
    NULL = "null item"
    """A command with nothing in it, as a comment leaves it; CodeBuild runs such a buildspec."""
    TWICE = "key given twice"
    """A key that its mapping has twice; CodeBuild takes the last."""
    EMPTY = "null value"
    """A key with nothing below it."""
    MAPPING = "mapping for a string"
    """An item of a list that YAML takes for a mapping, because of a colon in it."""
    TYPE = "wrong type"
    VALUE = "wrong value"
    VERSION = "wrong version"
    OLD = "old version"
    ON_FAILURE = "wrong on-failure"
    NAME = "wrong name"
    RESERVED = "reserved name"
    REFERENCE = "wrong reference"
    LIMIT = "too many"
    BATCH = "wrong batch"


TAKEN = frozenset((Kind.NULL, Kind.TWICE, Kind.RESERVED))
"""What CodeBuild runs a buildspec with: published ones have it."""


@dataclass(frozen=True)
class Problem:
    """One fault: a sentence that names its line, where it is, and the path of keys that leads there."""

    message: str
    position: Position
    path: Path = ()
    kind: Kind = Kind.YAML


class YamlFileError(Exception):
    """A buildspec can't be used; CodeBuild's status code for it is ``YAML_FILE_ERROR``.

    ``problems`` holds every fault that was found, in the order of the file; the message is that of the first.
    """

    code = "YAML_FILE_ERROR"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].message)
        self.message = problems[0].message
        self.problems = tuple(problems)


class Problems:
    """Collects faults while a buildspec is read, so that one look shows all of them."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, message: str, position: Position, path: Path = (), kind: Kind = Kind.YAML) -> None:
        """Keep one fault; a key that is read twice is told of once."""
        problem = Problem(message, position, path, kind)
        if problem not in self.found:
            self.found.append(problem)

    def check(self) -> None:
        """Raise ``YamlFileError`` when anything was found that CodeBuild refuses."""
        refused = [problem for problem in self.found if problem.kind not in TAKEN]
        if refused:
            raise YamlFileError(sorted(refused, key=lambda problem: problem.position))
