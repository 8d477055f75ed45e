"""The sections ``artifacts``, ``reports`` and ``cache``: what stays when the build is over."""

from collections.abc import Mapping

from buildspecs.reading.fields import Section
from buildspecs.reading.model import Artifacts, Cache, Report
from buildspecs.reading.problems import Kind

TEST_FORMATS = ("CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX")
COVERAGE_FORMATS = ("CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV")
MOST_REPORT_GROUPS = 5
TOP = ("artifacts", "batch", "cache", "env", "phases")
"""Sections that stand below reports only because they are indented too far."""
MOST_FALLBACK_KEYS = 5


def artifacts(section: Section | None) -> tuple[Artifacts | None, Mapping[str, Artifacts]]:
    """Read the primary artifact and the secondary ones by identifier."""
    if section is None:
        return None, {}
    inner = section.section("secondary-artifacts")
    secondary = {name: _artifact(inner.section(name)) for name in inner.names()} if inner else {}
    # AWS documents files as always required; its own examples leave it out beside secondary artifacts.
    primary = _artifact(section, required=not secondary)
    named = {name: artifact for name, artifact in secondary.items() if artifact}
    return (primary if primary and primary.files else None), named


def _artifact(section: Section | None, *, required: bool = True) -> Artifacts | None:
    if section is None:
        return None
    result = Artifacts(
        files=section.texts("files", required=required, single=True),
        name=section.text("name"),
        discard_paths=section.flag("discard-paths"),
        base_directory=section.text("base-directory", "."),
        exclude_paths=section.texts("exclude-paths", single=True),
        enable_symlinks=section.flag("enable-symlinks"),
        s3_prefix=section.text("s3-prefix"),
    )
    section.finish()
    return result


def reports(section: Section | None) -> Mapping[str, Report]:
    """Read the report groups by name or ARN."""
    if section is None:
        return {}
    if len(section.names()) > MOST_REPORT_GROUPS:
        line = section.position.line
        message = (
            f"reports has {len(section.names())} report groups at line {line}; at most {MOST_REPORT_GROUPS} are allowed"
        )
        section.problems.add(message, section.position, section.path, Kind.LIMIT)
    for name in TOP:
        entry = section.entry(name)
        if entry is not None:
            message = f"'{name}' is read as a report group here; {name} belongs at the top, without indentation"
            section.wrong(entry, message, Kind.UNKNOWN)
    read = {name: _report(section.section(name)) for name in section.names() if name not in TOP}
    return {name: report for name, report in read.items() if report}


def _report(section: Section | None) -> Report | None:
    if section is None:
        return None
    result = Report(
        files=section.texts("files", required=True, single=True),
        base_directory=section.text("base-directory", "."),
        discard_paths=section.flag("discard-paths"),
        file_format=section.choice("file-format", (*TEST_FORMATS, *COVERAGE_FORMATS), "JUNITXML"),
    )
    section.finish()
    return result


def cache(section: Section | None) -> Cache:
    """Read what is cached; absent is nothing."""
    if section is None:
        return Cache()
    result = Cache(
        paths=section.texts("paths", required=True),
        key=section.text("key"),
        fallback_keys=section.texts("fallback-keys"),
        action=section.choice("action", ("restore", "save")),
    )
    entry = section.entry("fallback-keys")
    if entry is not None and len(result.fallback_keys) > MOST_FALLBACK_KEYS:
        message = f"fallback-keys has {len(result.fallback_keys)} keys; at most {MOST_FALLBACK_KEYS} are allowed"
        section.wrong(entry, message, Kind.LIMIT)
    section.finish()
    return result
