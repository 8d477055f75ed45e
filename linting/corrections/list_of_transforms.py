"""F1101: the validator wants one macro in ``Fn::Transform``; CloudFormation takes a list of them too."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1101",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    """See the module."""
    value = document.at(finding.place)
    macros = value if "Fn::Transform" in finding.sentence and isinstance(value, list) else []
    return None if macros and all(isinstance(one, dict) and "Name" in one for one in macros) else finding
