"""E3009: cfn-lint wants six digits for the mode of a file in ``AWS::CloudFormation::Init``; cfn-init takes three."""

import re

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3009",)
SHORT = re.compile(r"expected minimum length: 6, found: [345]$")


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if finding.place.endswith("/mode") and SHORT.match(finding.sentence) else finding
