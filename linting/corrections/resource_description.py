"""E3001: neither engine knows that a resource may have a ``Description``.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
"""

import re

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3001", "F3001")
SAYS = re.compile(r"'Description' was unexpected|has invalid property 'Description'")


def corrected(finding: Finding, document: Document) -> Finding | None:
    steps = finding.place.split("/")
    described = len(steps) > 1 and steps[0] == "Resources" and SAYS.search(finding.sentence)
    return None if described and isinstance(document.at(f"Resources/{steps[1]}/Description"), str) else finding
