"""The buildspecs that projects run: files of the repository, or written into the template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from buildspecs.reading import Buildspec, YamlFileError, read
from system_model.repository import Repository
from system_model.resolver import Resolver
from system_model.system import Resource, listed, mapping

DEFAULT = "buildspec.yml"
"""https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-name-storage."""


@dataclass(frozen=True)
class Specification:
    """A buildspec; ``file`` is its path in the repository, or tells that it is written into the template."""

    file: str
    spec: Buildspec


class Buildspecs:
    """Reads each buildspec once. One that is missing or can't be read is None here: other checks tell of it."""

    def __init__(self, repository: Repository, resolver: Resolver, *, whole: bool) -> None:
        self._repository = repository
        self._resolver = resolver
        self._whole = whole
        self._read: dict[str, Specification | None] = {}

    def of(self, project: Resource) -> Specification | None:
        """Return the buildspec of a project."""
        given = self._given(project)
        if given is None:
            return None
        if given not in self._read:
            self._read[given] = self._specification(given)
        return self._read[given]

    def _given(self, project: Resource) -> str | None:
        """Return what the project says; of a template that stands alone no file that it does not name itself."""
        source = mapping(project.properties.get("Source"))
        if self._whole or "BuildSpec" not in source:
            return buildspec_of(project) if self._whole else None
        text = self._resolver.text(source["BuildSpec"], project.stack)
        if not text or text.startswith(("arn:", "${")):
            return None
        return text if is_inline(text) else self._repository.inside(text)

    def _specification(self, given: str) -> Specification | None:
        if is_inline(given):
            return _parsed("its buildspec", given)
        text = self._repository.text(given)
        return None if text is None else _parsed(given, text)


def buildspec_of(project: Resource) -> str | None:
    """Return what a project says of its buildspec: a path, or the text itself; None where it can't be known."""
    source = mapping(project.properties.get("Source"))
    given = source.get("BuildSpec")
    if given is None:
        return None if source.get("Type") == "NO_SOURCE" else DEFAULT
    return given if isinstance(given, str) and given and not given.startswith("arn:") else None


def variables(project: Resource) -> Iterator[Mapping[str, Any]]:
    """Return the environment variables that the project itself sets."""
    given = mapping(project.properties.get("Environment")).get("EnvironmentVariables")
    yield from map(mapping, listed(given))


def is_inline(given: str) -> bool:
    """Report a buildspec that is written out from the path of one."""
    return "\n" in given or given.lstrip().startswith("{")


def _parsed(file: str, text: str) -> Specification | None:
    try:
        return Specification(file, read(text))
    except YamlFileError:
        return None
