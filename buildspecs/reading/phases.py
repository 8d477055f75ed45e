"""The section ``phases``."""

import re
from collections.abc import Mapping

from buildspecs.reading.fields import Section
from buildspecs.reading.model import PHASES, Action, OnFailure, Phase
from buildspecs.reading.problems import Kind

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


def read(section: Section | None) -> Mapping[str, Phase]:
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
