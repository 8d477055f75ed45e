"""E4002: cfn-lint takes no decimal number and no date in ``Metadata``; CloudFormation does."""

import datetime as dt

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E4002",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if isinstance(document.at(finding.place), (float, dt.date)) else finding
