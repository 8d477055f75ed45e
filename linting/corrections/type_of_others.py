"""E3006: cfn-lint knows AWS's types alone; an account can have types of others, from the registry or by a module.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry.html
"""

import re
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E3006",)
OF_OTHERS = re.compile(r"Resource type '((?!(?i:aws)::)[A-Za-z0-9]{2,64}(?:::[A-Za-z0-9]{2,64}){2,3})' does not exist")
"""Three parts, or four for a module, the first of which is not AWS."""


def corrected(finding: Finding, document: Document) -> Finding | None:
    said = OF_OTHERS.match(finding.sentence)
    if said is None:
        return finding
    sentence = f"{said[1]} is not a type of AWS's: CloudFormation knows it where it is activated in the account."
    return replace(finding, id="W3006", severity=Severity.WARNING, sentence=sentence)
