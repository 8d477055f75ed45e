"""The section ``phases``."""

from collections.abc import Mapping

from buildspecs.reading import on_failure
from buildspecs.reading.fields import Section
from buildspecs.reading.model import PHASES, OnFailure, Phase
from buildspecs.reading.problems import Kind


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
        return on_failure.parse(value)
    except ValueError as error:
        entry = section.entry("on-failure")
        if entry is not None:
            section.wrong(entry, str(error), Kind.ON_FAILURE)
        return None
