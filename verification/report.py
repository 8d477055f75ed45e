"""JUnit files for CodeBuild's reports.

https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

FOLDER = Path("reports", "verify")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Case:
    """One thing that was looked at: ``fault`` says what is wrong with it, ``skipped`` why it was not looked at."""

    name: str
    fault: str = ""
    skipped: str = ""
    seconds: float = 0.0


def write(suite: str, cases: Sequence[Case]) -> None:
    """Write ``SUITE.xml``."""
    failures, skipped = (sum(bool(getattr(one, key)) for one in cases) for key in ("fault", "skipped"))
    counts = {"tests": str(len(cases)), "failures": str(failures), "skipped": str(skipped)}
    root = ET.Element("testsuite", {"name": suite, **counts})
    for one in cases:
        case = ET.SubElement(root, "testcase", classname=suite, name=_clean(one.name), time=f"{one.seconds:.2f}")
        if one.fault:
            ET.SubElement(case, "failure", message=_clean(one.fault))
        elif one.skipped:
            ET.SubElement(case, "skipped", message=_clean(one.skipped))
    ET.ElementTree(root).write(FOLDER / f"{suite}.xml", encoding="utf-8", xml_declaration=True)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("?", text)
