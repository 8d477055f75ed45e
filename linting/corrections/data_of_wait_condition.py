"""E1010, E6101, F3012 and others: both engines take the ``Data`` of a wait condition, JSON text, for an object.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
"""

import re
from collections.abc import Mapping

from linting.corrections.document import Document
from reporting.findings import Finding

IDS: tuple[str, ...] = ()
WAIT_CONDITION = "AWS::CloudFormation::WaitCondition"
OF_OTHER_TYPE = re.compile(r"is not of type 'string'|returns (?:type )?'object', ")
DATA = re.compile(r"\['(\w+)', 'Data'\]|'(\w+)\.Data'|GetAtt (\w+)\.Data\b")


def corrected(finding: Finding, document: Document) -> Finding | None:
    named = DATA.search(finding.sentence) if OF_OTHER_TYPE.search(finding.sentence) else None
    if named is None:
        return finding
    resource = document.at(f"Resources/{named[1] or named[2] or named[3]}")
    is_wait = isinstance(resource, Mapping) and resource.get("Type") == WAIT_CONDITION
    return None if is_wait else finding
