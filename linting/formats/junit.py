"""For continuous integration: JUnit XML. A file is a suite, a finding a failed case; one case passes where none is."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from reporting.findings import Finding

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets."""


def render(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Return the document."""
    suites = ET.Element("testsuites", name="lint", tests=_count(findings, looked_at), failures=str(len(findings)))
    files = [*looked_at, *sorted({one.file for one in findings} - set(looked_at))]
    for file in files:
        found = [one for one in findings if one.file == file]
        attributes = {"name": _text(file), "tests": str(len(found) or 1), "failures": str(len(found))}
        suite = ET.SubElement(suites, "testsuite", attributes)
        for one in found:
            _case(suite, one)
        if not found:
            ET.SubElement(suite, "testcase", {"name": "in order", "classname": _text(file)})
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, finding: Finding) -> None:
    name = ": ".join(filter(None, (finding.id, finding.title)))
    attributes = {"name": _text(name), "classname": _text(finding.file), "file": _text(finding.file)}
    case = ET.SubElement(suite, "testcase", {**attributes, "line": str(finding.line)})
    attributes = {"type": finding.severity.value, "message": _text(finding.sentence)}
    failure = ET.SubElement(case, "failure", attributes)
    failure.text = _text("\n".join(filter(None, (str(finding), finding.place, finding.source))))


def _count(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    return str(len(findings) + len(set(looked_at) - {one.file for one in findings}))


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
