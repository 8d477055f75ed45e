"""For continuous integration: JUnit XML. A file is a suite, a finding a failed case; one case passes where none is."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from reporting.findings import Finding
from reporting.junit import Case, suite


def render(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Return the document."""
    suites = ET.Element("testsuites", name="lint", tests=_count(findings, looked_at), failures=str(len(findings)))
    for file in [*looked_at, *sorted({one.file for one in findings} - set(looked_at))]:
        suites.append(suite(file, [_case(one) for one in findings if one.file == file] or [Case("in order")]))
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(finding: Finding) -> Case:
    return Case(
        ": ".join(filter(None, (finding.id, finding.title))),
        fault=finding.sentence,
        kind=finding.severity.value,
        text="\n".join(filter(None, (str(finding), finding.place, finding.source))),
        more={"file": finding.file, "line": str(finding.line)},
    )


def _count(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    return str(len(findings) + len(set(looked_at) - {one.file for one in findings}))
