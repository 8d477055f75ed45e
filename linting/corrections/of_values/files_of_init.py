"""E3009: what cfn-lint refuses below ``AWS::CloudFormation::Init``; CloudFormation keeps it, cfn-init reads it later.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html
"""

from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E3009",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    sentence = f"{finding.sentence.rstrip('.')}; cfn-init may pass over it."
    return replace(finding, id="W3009", severity=Severity.WARNING, sentence=sentence)
