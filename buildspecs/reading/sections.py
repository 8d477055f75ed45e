"""The sections of a buildspec beside ``batch``: ``env``, ``phases``, ``artifacts``, ``reports`` and ``cache``."""

import re
from collections.abc import Mapping

from buildspecs.reading.fields import Section
from buildspecs.reading.model import (
    PHASES,
    Action,
    Artifacts,
    Cache,
    Environment,
    OnFailure,
    Phase,
    Report,
    SecretReference,
)
from buildspecs.reading.problems import Kind

LINUX_SHELLS = ("bash", "/bin/sh", "sh")
WINDOWS_SHELLS = ("powershell.exe", "cmd.exe")
SHELLS = (*LINUX_SHELLS, *WINDOWS_SHELLS)
RESERVED = "CODEBUILD_"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ARN_PARTS = 7
REFERENCE_PARTS = 4


def read_environment(section: Section | None) -> Environment:
    """Read ``env``; absent is an environment without anything."""
    if section is None:
        return Environment()
    secrets = section.texts_by_name("secrets-manager")
    environment = Environment(
        shell=section.choice("shell", SHELLS, "/bin/sh"),
        variables=section.texts_by_name("variables"),
        parameter_store=section.texts_by_name("parameter-store"),
        secrets_manager={name: reference(value) for name, value in secrets.items()},
        exported_variables=section.texts("exported-variables"),
    )
    section.flag("git-credential-helper")
    for key in ("variables", "parameter-store", "secrets-manager"):
        _check_names(section.section(key))
    _check_references(section.section("secrets-manager"))
    section.finish()
    return environment


def reference(value: str) -> SecretReference:
    """Split ``secret-id:json-key:version-stage:version-id``; the id may be an ARN, which has colons of its own."""
    parts = value.split(":")
    if value.startswith("arn:"):
        parts = [":".join(parts[:ARN_PARTS]), *parts[ARN_PARTS:]]
    return SecretReference(*parts[:REFERENCE_PARTS])


def _check_names(section: Section | None) -> None:
    for name in section.names() if section else ():
        entry = section.entry(name) if section else None
        if section is None or entry is None:
            continue
        if not VARIABLE.fullmatch(name):
            message = f"'{name}' in {section.place} is not the name of an environment variable: letters, digits, _"
            section.wrong(entry, message, Kind.NAME)
        elif name.startswith(RESERVED):
            message = f"'{name}' in {section.place} is reserved: names may not begin with {RESERVED}"
            section.wrong(entry, message, Kind.RESERVED)


def _check_references(section: Section | None) -> None:
    for name in section.names() if section else ():
        entry = section.entry(name) if section else None
        if section is None or entry is None:
            continue
        value = section.text(name)
        colons = value.count(":") - (ARN_PARTS - 1 if value.startswith("arn:") else 0)
        parsed = reference(value) if value else None
        if parsed and (colons >= REFERENCE_PARTS or not parsed.secret_id):
            section.wrong(entry, f"'{value}' is not secret-id:json-key:version-stage:version-id", Kind.REFERENCE)
        elif parsed and parsed.version_stage and parsed.version_id:
            message = f"'{value}' names a version stage and a version id; only one of them is allowed"
            section.wrong(entry, message, Kind.REFERENCE)


DEFAULT_RETRIES = 3
MOST_RETRIES = 100
RETRY = re.compile(r"retry(?:-(?P<count>\d+))?(?:-(?P<pattern>.+))?", re.IGNORECASE | re.DOTALL)


def parse(value: str) -> OnFailure:
    """Read the value; raises ValueError with a sentence when it is none of the documented forms."""
    if value.upper() in (Action.ABORT, Action.CONTINUE):
        return OnFailure(Action(value.upper()))
    match = RETRY.fullmatch(value)
    if match is None:
        allowed = "ABORT,CONTINUE,RETRY,RETRY-count,RETRY-regex,RETRY-count-regex"
        raise ValueError(f"Invalid on-failure value: {value}. Expecting: {allowed}")
    count = DEFAULT_RETRIES if match["count"] is None else int(match["count"][:9])
    if count > MOST_RETRIES:
        raise ValueError(f"Invalid on-failure value: {value}. The count must be between 0 and {MOST_RETRIES}")
    pattern = match["pattern"] or ".*"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"Invalid on-failure value: {value}. The regular expression is wrong: {error}") from error
    return OnFailure(Action.RETRY, count, pattern)


def read_phases(section: Section | None) -> Mapping[str, Phase]:
    """Read every phase; one that isn't written has no commands."""
    if section is None:
        return dict.fromkeys(PHASES, Phase())
    for name in section.names():
        if name not in PHASES:
            _wrong_name(section, name)
    phases = {name: _phase(name, section.section(name)) for name in PHASES}
    if not any(name in PHASES for name in section.names()) and not section.problems.found:
        line = section.position.line
        message = f"phases holds no phase at line {line}. Expecting: {','.join(sorted(PHASES))}"
        section.problems.add(message, section.position, section.path, Kind.MISSING)
    return phases


def _wrong_name(section: Section, name: str) -> None:
    entry = section.entry(name)
    if entry is not None:
        message = f"Invalid buildspec phase name: {name}. Expecting: {','.join(sorted(PHASES))}"
        section.wrong(entry, message, Kind.PHASE)


def _phase(name: str, section: Section | None) -> Phase:
    if section is None:
        return Phase()
    runtimes = section.texts_by_name("runtime-versions") if name == "install" else {}
    finally_commands = section.texts("finally", single=True)
    commands = section.texts("commands", required=not (runtimes or finally_commands), single=True)
    phase = Phase(
        commands=commands,
        finally_commands=finally_commands,
        on_failure=_on_failure(section),
        run_as=section.text("run-as") or None,
        runtime_versions=runtimes,
    )
    section.finish({"runtime-versions": "it belongs in phases/install."})
    return phase


def _on_failure(section: Section) -> OnFailure | None:
    value = section.text("on-failure")
    if not value:
        return None
    try:
        return parse(value)
    except ValueError as error:
        entry = section.entry("on-failure")
        if entry is not None:
            section.wrong(entry, str(error), Kind.ON_FAILURE)
        return None


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
