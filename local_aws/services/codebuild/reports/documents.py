"""XML of report files, read without entities, external references or network."""

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from local_aws.services.codebuild.reports.model import ReportFileError


def root(file: Path) -> Element:
    """Return the document's root element; raises ``ReportFileError`` with the reason."""
    # Imported here: most builds have no reports, and the API starts without it.
    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import parse  # noqa: PLC0415

    try:
        document = parse(file)
    except (ParseError, DefusedXmlException, OSError, ValueError, LookupError) as error:
        raise ReportFileError(f"error parsing report file {file.name}: {error}") from error
    element = document.getroot()
    if not isinstance(element, Element):
        raise ReportFileError(f"error parsing report file {file.name}: it is empty")
    return element


def number(text: str | None) -> float:
    """Read a number, with a comma between thousands or not; anything else is 0."""
    try:
        return max(0.0, float((text or "0").replace(",", "")))
    except ValueError:
        return 0.0
