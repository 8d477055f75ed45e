"""The whole buildspec: text in, typed values out, every fault at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from buildspecs.reading import batch, document, sections
from buildspecs.reading.document import START, DocumentError, Fields
from buildspecs.reading.fields import Section
from buildspecs.reading.model import Buildspec
from buildspecs.reading.problems import Kind, Problem, Problems

VERSION = "0.2"
OLD_VERSION = "0.1"
FIRST_VERSION = "0.0"
"""The form of CodeBuild's preview, with ``containers``, of which CodeBuild still says that it expects one."""


@dataclass(frozen=True)
class Examined:
    """What could be read of a buildspec, and what is wrong with it, in the order of the file.

    ``root`` is the tree of the text, None when it is no mapping.
    """

    buildspec: Buildspec
    root: Fields | None
    problems: Sequence[Problem]


def read(text: str) -> Buildspec:
    """Read a buildspec of version 0.2; raises ``YamlFileError`` with all that is wrong with it, and nothing else."""
    problems = Problems()
    result = _read(text, problems)[0]
    problems.check()
    return result


def examine(text: str) -> Examined:
    """Read as much as can be read, of either version; raises nothing."""
    problems = Problems()
    result, root = _read(text, problems)
    return Examined(result, root, sorted(problems.found, key=lambda problem: problem.position))


def _read(text: str, problems: Problems) -> tuple[Buildspec, Fields | None]:
    try:
        root = document.parse(text)
    except DocumentError as error:
        problems.add(error.message, error.position)
        return Buildspec({}), None
    if not isinstance(root, Fields):
        problems.add("The buildspec is not a mapping at line 1. Write version: 0.2 and phases", START)
        return Buildspec({}), None
    for entry in document.repeated(root):
        message = f"The key {entry.key} is given once more below; the last one is taken at line {entry.position.line}"
        problems.add(message, entry.position, (), Kind.TWICE)
    return _buildspec(Section(root, (), problems), root), root


def _buildspec(top: Section, root: Fields) -> Buildspec:
    _check_version(top)
    if top.entry("phases") is None and top.entry("batch") is None:
        top.problems.add(f"phases is missing at line {root.position.line}", root.position, (), Kind.MISSING)
    primary, secondary = sections.artifacts(top.section("artifacts"))
    result = Buildspec(
        phases=sections.read_phases(top.section("phases")),
        run_as=top.text("run-as") or None,
        environment=sections.read_environment(top.section("env")),
        artifacts=primary,
        secondary_artifacts=secondary,
        reports=sections.reports(top.section("reports")),
        cache=sections.cache(top.section("cache")),
        positions=dict(document.positions(root)),
    )
    _check_unused(top)
    top.finish(
        {
            "commands": "commands belong in a phase, such as phases/build.",
            "finally": "it belongs in a phase, such as phases/build.",
            "secondary-artifacts": "it belongs in artifacts.",
            "runtime-versions": "it belongs in phases/install.",
            **dict.fromkeys(("install", "pre_build", "build", "post_build"), "a phase belongs under phases."),
        }
    )
    return result


def _check_version(top: Section) -> None:
    entry = top.entry("version")
    if entry is None:
        missing = f"the key version is missing at line {top.position.line}; write version: 0.2"
        message = f"wrong number of container tags, expected 1 ({missing})"
        top.problems.add(message, top.position, (), Kind.VERSION)
        return
    version = top.text("version")
    if version == OLD_VERSION:
        message = "Version 0.1 runs each command in a shell of its own, which is not done here; use version 0.2"
        top.wrong(entry, message, Kind.OLD)
    elif version == FIRST_VERSION and top.entry("containers") is not None:
        top.wrong(entry, "Version 0.0 has containers, which are not read here; use version 0.2", Kind.OLD)
    elif version and version != VERSION:
        top.wrong(entry, f"Unsupported buildspec version '{version}'. Expecting: {VERSION}", Kind.VERSION)


def _check_unused(top: Section) -> None:
    # A single build has no batch, and there is no proxy server here: both are read and have no effect.
    batch.read(top.section("batch"))
    proxy = top.section("proxy")
    if proxy:
        proxy.flag("upload-artifacts")
        proxy.flag("logs")
        proxy.finish()
