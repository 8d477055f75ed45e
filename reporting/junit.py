"""JUnit XML, which CodeBuild's reports and continuous integration read.

https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets."""


@dataclass(frozen=True)
class Case:
    """One thing that was looked at: ``fault`` says what is wrong with it, ``skipped`` why it was not looked at.

    ``kind`` and ``text`` say more of a fault; ``more`` are further attributes, such as a duration in seconds.
    """

    name: str
    fault: str = ""
    skipped: str = ""
    kind: str = ""
    text: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


def suite(name: str, cases: Sequence[Case], **more: str) -> ET.Element:
    """Return a suite of cases, with further attributes."""
    counts = {"tests": len(cases), "failures": sum(bool(one.fault) for one in cases)}
    counts["skipped"] = sum(bool(one.skipped) for one in cases)
    made = ET.Element("testsuite", _printable({"name": name, **counts, **more}))
    for one in cases:
        case = ET.SubElement(made, "testcase", _printable({"classname": name, "name": one.name, **one.more}))
        if one.fault:
            failure = ET.SubElement(case, "failure", _printable({"message": one.fault, "type": one.kind}))
            failure.text = _NOT_IN_XML.sub("\ufffd", one.text) or None
        elif one.skipped:
            ET.SubElement(case, "skipped", _printable({"message": one.skipped}))
    return made


def write(made: ET.Element, path: Path) -> None:
    """Write the file."""
    ET.ElementTree(made).write(path, encoding="utf-8", xml_declaration=True)


def _printable(attributes: Mapping[str, object]) -> dict[str, str]:
    return {key: _NOT_IN_XML.sub("\ufffd", str(value)) for key, value in attributes.items() if value != ""}
