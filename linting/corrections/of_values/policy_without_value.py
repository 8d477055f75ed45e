"""F1101: the validator takes no ``AWS::NoValue`` for a branch of a ``CreationPolicy``; CloudFormation does."""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1101",)
SAYS = "Fn::If branch in CreationPolicy must be an object, got Ref"


def corrected(finding: Finding, document: Document) -> Finding | None:
    nothing = document.at(finding.place) == {"Ref": "AWS::NoValue"}
    return None if finding.sentence == SAYS and nothing else finding
