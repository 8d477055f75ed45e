"""E3510: cfn-lint reads a dynamic reference as the ARN that CloudFormation puts in its place.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3510",)
BEGINS = "'{{resolve:"


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if finding.sentence.startswith(BEGINS) else finding
