"""F1101: the validator's readers refuse what YAML and CloudFormation take, as a quote at its key's column.

JSON with a comma too many is YAML, which CloudFormation tries when a template is no JSON:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-validate-template.html
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1101",)
UNREADABLE = ("YAML parse error", "JSON parse error")


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if finding.sentence.startswith(UNREADABLE) and document.root is not None else finding
