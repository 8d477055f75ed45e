"""Metadata, cfn-init included."""

import datetime as dt
import re

from linting.corrections.correction import about, warning
from linting.corrections.document import Document
from reporting.findings import Finding


@about("E4002")
def metadata(finding: Finding, document: Document) -> Finding | None:
    """E4002: cfn-lint takes no decimal number and no date in ``Metadata``; CloudFormation does."""
    return None if isinstance(document.at(finding.place), (float, dt.date)) else finding


SHORT = re.compile(r"expected minimum length: 6, found: [345]$")


@about("E3009")
def file_mode(finding: Finding, document: Document) -> Finding | None:
    """E3009: cfn-lint wants six digits for the mode of a file in ``AWS::CloudFormation::Init``, cfn-init three."""
    return None if finding.place.endswith("/mode") and SHORT.match(finding.sentence) else finding


@about("E3009")
def files_of_init(finding: Finding, document: Document) -> Finding | None:
    """E3009: cfn-lint judges what is below ``AWS::CloudFormation::Init``; CloudFormation keeps it for cfn-init.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html
    """
    sentence = f"{finding.sentence.rstrip('.')}; cfn-init may pass over it."
    return warning(finding, sentence)
