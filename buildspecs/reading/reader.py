"""The whole buildspec: text in, typed values out, every fault at once."""

from buildspecs.reading import document, environment, outputs, phases
from buildspecs.reading.document import START, DocumentError, Fields
from buildspecs.reading.fields import Section
from buildspecs.reading.model import Buildspec
from buildspecs.reading.problems import Problems

VERSION = "0.2"
OLD_VERSION = "0.1"


def read(text: str) -> Buildspec:
    """Read a buildspec of version 0.2; raises ``YamlFileError`` with all that is wrong with it, and nothing else."""
    problems = Problems()
    try:
        root = document.parse(text)
    except DocumentError as error:
        problems.add(error.message, error.position)
        root = None
    else:
        if not isinstance(root, Fields):
            problems.add("The buildspec is not a mapping at line 1. Write version: 0.2 and phases", START)
    problems.check()
    result = _buildspec(Section(root, (), problems), root) if isinstance(root, Fields) else Buildspec({})
    problems.check()
    return result


def _buildspec(top: Section, root: Fields) -> Buildspec:
    _check_version(top)
    if top.entry("phases") is None:
        top.problems.add(f"phases is missing at line {root.position.line}", root.position)
    primary, secondary = outputs.artifacts(top.section("artifacts"))
    result = Buildspec(
        phases=phases.read(top.section("phases")),
        run_as=top.text("run-as") or None,
        environment=environment.read(top.section("env")),
        artifacts=primary,
        secondary_artifacts=secondary,
        reports=outputs.reports(top.section("reports")),
        cache=outputs.cache(top.section("cache")),
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
        top.problems.add(f"wrong number of container tags, expected 1 ({missing})", top.position)
        return
    version = top.text("version")
    if version == OLD_VERSION:
        top.wrong(entry, "Version 0.1 runs each command in a shell of its own, which is not done here; use version 0.2")
    elif version and version != VERSION:
        top.wrong(entry, f"Unsupported buildspec version '{version}'. Expecting: {VERSION}")


def _check_unused(top: Section) -> None:
    # A single build has no batch, and there is no proxy server here: both are read and have no effect.
    top.section("batch")
    proxy = top.section("proxy")
    if proxy:
        proxy.flag("upload-artifacts")
        proxy.flag("logs")
        proxy.finish()
