"""E3012, E3014: cfn-lint refuses rules of a security group of which the stack is made all the same.

Of one among the group's own properties that says neither where from nor where to, the stack is made and the rule is not
there; on its own it is refused. CloudFormation takes one rule for a list of one, as AWS's own sample templates have it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E3012", "E3014")
OF_GROUP = re.compile(r"/Properties/(?:DB)?SecurityGroup(?:In|E)gress(?P<item>/\d+)?$")


def corrected(finding: Finding, document: Document) -> Finding | None:
    rule = OF_GROUP.search(finding.place)
    if rule is None:
        return finding
    if rule["item"] and finding.id == "E3014":
        outcome = "the stack is made without this rule"
    elif not rule["item"] and finding.id == "E3012" and isinstance(document.at(finding.place), Mapping):
        outcome = "CloudFormation may take it for a list of one"
    else:
        return finding
    sentence = f"{finding.sentence.rstrip('.')}; {outcome}."
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING, sentence=sentence)
