"""E3014: cfn-lint refuses a rule of a security group that says neither where from nor where to.

Of one among the group's own properties, the stack is made and the rule is not there; on its own it is refused.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html
"""

import re
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E3014",)
OF_GROUP = re.compile(r"/Properties/SecurityGroup(?:In|E)gress/\d+$")


def corrected(finding: Finding, document: Document) -> Finding | None:  # noqa: ARG001 - as all corrections
    """See the module."""
    if not OF_GROUP.search(finding.place):
        return finding
    sentence = f"{finding.sentence.rstrip('.')}; the stack is made without this rule."
    return replace(finding, id="W3014", severity=Severity.WARNING, sentence=sentence)
