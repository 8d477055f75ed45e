"""E3050: the validator takes the ARN of a role, by ``Fn::GetAtt``, for a ``Ref``."""

from collections.abc import Mapping

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3050",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    value = document.at(finding.place)
    return None if isinstance(value, Mapping) and "Ref" not in value else finding
