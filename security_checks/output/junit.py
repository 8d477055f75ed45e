"""One JUnit file a check, for CodeBuild's reports: a waived finding is skipped, with the reason and the last day.

https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from security_checks.results import Judged, Result, Status

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(result: Result, folder: Path) -> None:
    """Write ``CHECK.xml``."""
    suite = ET.Element("testsuite", name=result.check, time=f"{result.seconds:.2f}")
    for judged in result.judged:
        _case(suite, judged)
    if not result.judged:
        case = ET.SubElement(suite, "testcase", classname=result.check, name=_clean(f"{result.status}: {result.about}"))
        if result.status is Status.NOT_APPLICABLE:
            ET.SubElement(case, "skipped", message=_clean(f"not applicable: {result.about}"))
    open_count = len(result.open)
    suite.attrib.update(tests=str(len(suite)), failures=str(open_count), skipped=str(len(suite.findall(".//skipped"))))
    ET.ElementTree(suite).write(folder / f"{result.check}.xml", encoding="utf-8", xml_declaration=True)


def _case(suite: ET.Element, judged: Judged) -> None:
    finding, waiver = judged.finding, judged.waiver
    case = ET.SubElement(suite, "testcase", classname=finding.check, name=_clean(f"{finding.id} {finding.place}"))
    if waiver is None:
        ET.SubElement(case, "failure", message=_clean(finding.message), type=finding.severity)
    else:
        why = f"waived until {waiver.until} by {waiver.who}: {waiver.reason} ({finding.message})"
        ET.SubElement(case, "skipped", message=_clean(why))


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("?", text)
