"""E1022: cfn-lint does not know that ``Fn::Join`` takes the list that ``Fn::GetAZs`` makes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E1022",)
SAYS = "'Fn::GetAZs' is not supported as an argument to 'Fn::Join'"


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if finding.sentence == SAYS else finding
