"""F1020: the validator does not know the references to what SAM generates, as ``Api.Stage``.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

import re

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1020",)
GENERATED = re.compile(r"'(\w+)\.(?:Stage|Deployment|Version|Alias|DomainName|UsagePlan|ApiKey)' is not one of")


def corrected(finding: Finding, document: Document) -> Finding | None:
    name = GENERATED.match(finding.sentence)
    resource = document.at(f"Resources/{name[1]}") if name else None
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return None if isinstance(kind, str) and kind.startswith("AWS::Serverless::") else finding
