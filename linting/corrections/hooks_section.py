"""E1001 and F0005: neither engine knows the section ``Hooks`` of blue/green deployments through CodeDeploy.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/blue-green.html
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E1001", "F0005")


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if finding.place == "Hooks" and isinstance(document.at("Hooks"), dict) else finding
