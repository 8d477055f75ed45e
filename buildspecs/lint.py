"""Judges a buildspec by all rules."""

from collections.abc import Iterator

from buildspecs.project import ProjectFacts
from buildspecs.reading.document import Position
from buildspecs.reading.model import Buildspec
from buildspecs.reading.problems import Kind, Problem
from buildspecs.reading.reader import examine
from buildspecs.rules.catalogue import catalogue
from buildspecs.rules.rule import Fault, Rule
from buildspecs.rules.subject import Subject
from reporting.findings import Finding, Severity

SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFORMATIONAL}


def findings(text: str | bytes, file: str, project: ProjectFacts | None = None) -> list[Finding]:
    """Return all that is wrong with a buildspec, in the order of its lines; any text or bytes may be given.

    ``file`` is the name that findings bear. Lines and columns count from 1, in ``text``.
    """
    facts = project or ProjectFacts()
    subject = _subject(text, facts)
    return sorted({_finding(rule, fault, file) for rule, fault in _of(subject)})


def _subject(content: str | bytes, facts: ProjectFacts) -> Subject:
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        return _undecodable(error, facts)
    examined = examine(text)
    return Subject(text, examined.buildspec, examined.root, examined.problems, facts)


def _of(subject: Subject) -> Iterator[tuple[Rule, Fault]]:
    for rule in catalogue():
        for fault in rule.faults(subject):
            yield rule, fault


def _undecodable(error: UnicodeDecodeError, facts: ProjectFacts) -> Subject:
    content = error.object
    above = content[: error.start]
    line = above.count(b"\n") + 1
    column = len(above) - (above.rfind(b"\n") + 1) + 1
    byte = content[error.start]
    message = f"The buildspec is not UTF-8 text: byte 0x{byte:02x} can't be read"
    return Subject("", Buildspec({}), None, [Problem(message, Position(line, column), (), Kind.YAML)], facts)


def _finding(rule: Rule, fault: Fault, file: str) -> Finding:
    return Finding(
        file=file,
        line=fault.position.line,
        column=fault.position.column,
        id=rule.id,
        severity=SEVERITIES[rule.id[0]],
        sentence=fault.sentence,
        remedy=fault.remedy,
        place="/".join(str(step) for step in fault.path),
        title=rule.shortdesc,
        source=rule.source_url,
    )
